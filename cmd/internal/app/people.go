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
	// PublishRules makes a document the rules in force. Errors are those of [routing.Publisher.Publish].
	PublishRules(ctx context.Context, d routing.Draft) (routing.Published, error)
	Keeper
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

func (o operator) PublishRules(ctx context.Context, d routing.Draft) (routing.Published, error) {
	return o.publisher.Publish(ctx, consult.System, d)
}
