package consult

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Credentials are what a person can show to be who they are. All of it is sealed at rest with the rest of the record, and is changed
// by the person alone or by the program on an operator's word, never by an administrator.
type Credentials struct {
	// PasswordHash is an argon2id hash in its standard text form; "" where the person can't sign in by password.
	PasswordHash string `json:"password_hash,omitempty"`
	// TOTP is the secret of one-time codes that are asked for after the password; none where it is empty.
	TOTP []byte `json:"totp,omitempty"`
	// Recovery are the hashes of the codes that replace a one-time code, each once.
	Recovery []string `json:"recovery,omitempty"`
	// Passkeys sign the person in without a password.
	Passkeys []Passkey `json:"passkeys,omitempty"`
	// Logins are how providers of identities know the person.
	Logins []Login `json:"logins,omitempty"`
	// Invitation lets whoever holds its secret choose a new password; nil: there is none.
	Invitation *Invitation `json:"invitation,omitempty"`
}

// Invitation is a way to a new password that can be gone once.
type Invitation struct {
	// Hash is the secret's SHA-256 in hex: the secret itself is nowhere.
	Hash    string    `json:"hash"`
	Expires time.Time `json:"expires"`
	// Fresh: the person begins anew, and has to prove nothing else. Otherwise one-time codes are still asked for.
	Fresh bool `json:"fresh,omitempty"`
}

// Lives of invitations: one that an administrator gives waits for somebody's first day at work; one that a person has asked for is used
// at once or never.
const (
	InvitationLife = 7 * 24 * time.Hour
	ResetLife      = time.Hour
)

// Stamp names the state of what a session was begun with. Once it is another one, the session is over: the person has another
// password, or was disabled meanwhile. It tells nothing of what it is made of.
func (p Person) Stamp() string {
	sum := sha256.Sum256([]byte(strconv.Itoa(p.Epoch) + " " + p.PasswordHash))
	return hex.EncodeToString(sum[:8])
}

// EditCredentials changes one's own credentials as they are now, and returns the person's record after it. Errors: [Forbidden] for who
// acts by a token or is no person, or what edit returns.
func (s *Service) EditCredentials(ctx context.Context, a Actor, edit func(*Credentials) error) (Person, error) {
	if a.System || a.Token != nil {
		return Person{}, Fail(Forbidden, "forbidden")
	}
	return s.editPerson(ctx, a, a.ID, func(p *Person) error {
		if p.Barred() {
			return Fail(Unauthenticated, "unauthenticated")
		}
		p.Recovery = slices.Clone(p.Recovery)
		return edit(&p.Credentials)
	})
}

// Invite makes an invitation for a person, in the place of an earlier one, and returns its token, which is kept nowhere, and the person.
// A fresh one takes one-time codes and passkeys away when it is used. Errors: [Forbidden] for who is no administrator, [NotFound], [Conflict] for a
// person who is disabled.
func (s *Service) Invite(ctx context.Context, a Actor, id string, life time.Duration, fresh bool) (token string, _ Person, err error) {
	if !a.Administers() {
		return "", Person{}, Fail(Forbidden, "forbidden")
	}
	secret := rand.Text()
	p, err := s.editPerson(ctx, a, id, func(p *Person) error {
		if p.Disabled {
			return Fail(Conflict, "conflict.disabled")
		}
		p.Invitation = &Invitation{Hash: TokenID(secret), Expires: s.cfg.Now().Add(life), Fresh: fresh}
		return nil
	})
	return id + "." + secret, p, err
}

// Invited returns whom an invitation's token is for. Errors: [NotFound] for one that is not or no more good.
func (s *Service) Invited(token string) (Person, error) {
	id, secret, _ := strings.Cut(token, ".")
	none := Fail(NotFound, "not-found.invitation")
	if !ValidID(id) {
		return Person{}, none
	}
	p, err := s.view.Person(id)
	switch {
	case err != nil && KindOf(err) != NotFound:
		return Person{}, err
	case err != nil || !p.Invitation.opens(secret, s.cfg.Now()) || p.Barred():
		return Person{}, none
	}
	return p, nil
}

func (i *Invitation) opens(secret string, now time.Time) bool {
	return i != nil && now.Before(i.Expires) && subtle.ConstantTimeCompare([]byte(i.Hash), []byte(TokenID(secret))) == 1
}

// Accept gives whom an invitation's token is for a new password, and ends the invitation and all of the person's sessions. Errors are
// those of [Service.Invited].
func (s *Service) Accept(ctx context.Context, token, passwordHash string) (Person, error) {
	p, err := s.Invited(token)
	if err != nil {
		return Person{}, err
	}
	_, secret, _ := strings.Cut(token, ".")
	return s.editPerson(ctx, Actor{Person: p}, p.ID, func(p *Person) error {
		// Looked at again: of two at the same time one is too late.
		if p.Barred() || !p.Invitation.opens(secret, s.cfg.Now()) {
			return Fail(NotFound, "not-found.invitation")
		}
		if p.Invitation.Fresh {
			p.TOTP, p.Recovery, p.Passkeys = nil, nil, nil
		}
		p.PasswordHash, p.Invitation = passwordHash, nil
		return nil
	})
}
