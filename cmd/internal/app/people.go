package app

import (
	"context"
	"time"

	"silta/consult"
	"silta/routing"
	"silta/ui/session"
)

// Admin is what an operator does from the command line. The server does it while it runs; else it is done on the data directory.
type Admin interface {
	// AddPerson adds a person, who can sign in with the password if there is one. Errors are those of [consult.Service.SetPerson], and of
	// kind [consult.Invalid] for a password that the person could not choose either.
	AddPerson(ctx context.Context, p consult.Person, password NewPassword) error
	// People returns everybody, by id, without their credentials.
	People(ctx context.Context) ([]consult.Person, error)
	// SetDisabled takes from a person all they can do, or gives it back. Sessions and tokens that were ended by it stay so.
	SetDisabled(ctx context.Context, id string, disabled bool) error
	// ClearAddress takes away the flag of a person at whose address mail did not arrive.
	ClearAddress(ctx context.Context, id string) error
	// SetPassword gives a person a new password and ends their sessions; without one they can't sign in by password. Errors are of kind
	// [consult.NotFound], and [consult.Invalid] for a password that they could not choose either.
	SetPassword(ctx context.Context, id string, password NewPassword) error
	// Invite makes an invitation for a person, who begins anew with it: they choose a password, and one-time codes and passkeys from
	// before are gone. It returns its token and when that ends.
	Invite(ctx context.Context, id string) (token string, until time.Time, err error)
	// CreateToken makes an API token for a person and returns its secret, which is kept nowhere.
	CreateToken(ctx context.Context, o consult.TokenOrder) (secret string, err error)
	// Tokens returns the tokens that still let in: a person's, or everybody's where that is "".
	Tokens(ctx context.Context, person string) ([]TokenUse, error)
	// RevokeToken ends a token. Errors are those of [consult.Service.RevokeToken].
	RevokeToken(ctx context.Context, name string) error
	// PublishRules makes a document the rules in force. It is recorded as done by the person, who has to be an administrator; ""
	// is the program itself. Errors are those of [routing.Publisher.Publish], and of kind [consult.Forbidden] for a person who
	// does not exist or is disabled.
	PublishRules(ctx context.Context, person string, d routing.Draft) (routing.Published, error)
	// PreviewRules says what a document would change. Errors are those of [routing.Publisher.Preview].
	PreviewRules(ctx context.Context, d routing.Draft) (routing.Preview, error)
	Keeper
	Eraser
}

// NewPassword is a password that an operator gives somebody.
type NewPassword struct {
	// Text is "" for none.
	Text string `json:"text,omitempty"`
	// Host is that of the site, which makes no password.
	Host string `json:"host,omitempty"`
}

// hash returns the hash of a password that a person is to have, "" for none, or why they are not to have it.
func (n NewPassword) hash(p consult.Person) (string, error) {
	if n.Text == "" {
		return "", nil
	}
	if err := session.Refuse(n.Text, p, n.Host, "/password"); err != nil {
		return "", err
	}
	return session.HashPassword(n.Text)
}

// TokenUse is a token and when it was used last, to the hour; the zero time: never.
type TokenUse struct {
	consult.Token
	Used time.Time `json:"used,omitzero"`
}

// operator is an Admin on an open store.
type operator struct {
	*store
	sessions *session.Store
}

func (o operator) AddPerson(ctx context.Context, p consult.Person, password NewPassword) error {
	hash, err := password.hash(p)
	if err != nil {
		return err
	}
	p.PasswordHash = hash
	return o.service.SetPerson(ctx, consult.System, p)
}

func (o operator) People(context.Context) ([]consult.Person, error) {
	people, err := o.view.People()
	for i := range people {
		people[i].Credentials = consult.Credentials{}
	}
	return people, err
}

func (o operator) SetDisabled(ctx context.Context, id string, disabled bool) error {
	_, err := o.service.EditPerson(ctx, consult.System, id, func(p *consult.Person) error {
		p.Disabled = disabled
		return nil
	})
	return err
}

func (o operator) ClearAddress(ctx context.Context, id string) error {
	return o.service.ClearAddress(ctx, consult.System, id)
}

func (o operator) SetPassword(ctx context.Context, id string, password NewPassword) error {
	_, err := o.service.EditPerson(ctx, consult.System, id, func(p *consult.Person) (err error) {
		p.PasswordHash, err = password.hash(*p)
		return err
	})
	return err
}

func (o operator) Invite(ctx context.Context, id string) (string, time.Time, error) {
	token, p, err := o.service.Invite(ctx, consult.System, id, consult.InvitationLife, true)
	if err != nil {
		return "", time.Time{}, err
	}
	return token, p.Invitation.Expires, nil
}

func (o operator) CreateToken(ctx context.Context, order consult.TokenOrder) (string, error) {
	secret, err := o.service.CreateToken(ctx, consult.System, order)
	return secret, unknown(err, "not-found.person")
}

// unknown says in its own words that what an operator has named is not there.
func unknown(err error, key string) error {
	if consult.KindOf(err) == consult.NotFound {
		return consult.Fail(consult.NotFound, key)
	}
	return err
}

func (o operator) Tokens(_ context.Context, person string) ([]TokenUse, error) {
	if person != "" {
		if _, err := o.view.Person(person); err != nil {
			return nil, unknown(err, "not-found.person")
		}
	}
	tokens, err := o.service.Tokens(consult.System, person)
	if err != nil {
		return nil, err
	}
	uses := make([]TokenUse, len(tokens))
	for i, t := range tokens {
		uses[i].Token = t
		if uses[i].Used, err = o.sessions.Used(t.ID); err != nil {
			return nil, err
		}
	}
	return uses, nil
}

func (o operator) RevokeToken(ctx context.Context, name string) error {
	_, err := o.service.RevokeToken(ctx, consult.System, name)
	return err
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
	published, err := o.publisher.Publish(ctx, actor, d)
	return published, unknown(err, "not-found.version")
}

func (o operator) PreviewRules(ctx context.Context, d routing.Draft) (routing.Preview, error) {
	preview, err := o.publisher.Preview(ctx, consult.System, d)
	return preview, unknown(err, "not-found.version")
}
