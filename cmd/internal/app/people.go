package app

import (
	"context"

	"silta/consult"
	"silta/routing"
	"silta/ui/session"
)

// Admin is what an operator does from the command line. The server does it while it runs; else it is done on the data directory.
type Admin interface {
	// AddPerson adds a person, who can sign in with the password if it is not "". Errors are those of [consult.Service.SetPerson].
	AddPerson(ctx context.Context, p consult.Person, password string) error
	// CreateToken makes an API token for a person and returns its secret, which is kept nowhere.
	CreateToken(ctx context.Context, person, note string) (secret string, err error)
	// PublishRules makes a document the rules in force. It is recorded as done by the person, who has to be an administrator; ""
	// is the program itself. Errors are those of [routing.Publisher.Publish], and of kind [consult.Forbidden] for a person who
	// does not exist or is disabled.
	PublishRules(ctx context.Context, person string, d routing.Draft) (routing.Published, error)
	// PreviewRules says what a document would change. Errors are those of [routing.Publisher.Preview].
	PreviewRules(ctx context.Context, d routing.Draft) (routing.Preview, error)
}

// operator is an Admin on an open store.
type operator struct{ *store }

func (o operator) AddPerson(ctx context.Context, p consult.Person, password string) error {
	if password != "" {
		hash, err := session.HashPassword(password)
		if err != nil {
			return err
		}
		p.PasswordHash = hash
	}
	return o.service.SetPerson(ctx, consult.System, p)
}

func (o operator) CreateToken(ctx context.Context, person, note string) (string, error) {
	return o.service.CreateToken(ctx, consult.System, person, note, "")
}

func (o operator) PublishRules(ctx context.Context, person string, d routing.Draft) (routing.Published, error) {
	actor := consult.System
	if person != "" {
		var err error
		if actor, err = o.service.Actor(person); consult.KindOf(err) == consult.Unauthenticated {
			return routing.Published{}, consult.Fail(consult.Forbidden, "forbidden")
		} else if err != nil {
			return routing.Published{}, err
		}
	}
	return o.publisher.Publish(ctx, actor, d)
}

func (o operator) PreviewRules(ctx context.Context, d routing.Draft) (routing.Preview, error) {
	return o.publisher.Preview(ctx, consult.System, d)
}
