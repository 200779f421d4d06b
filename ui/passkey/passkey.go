// Package passkey signs people in by passkeys: WebAuthn with credentials that the authenticator finds by itself, so that nobody types a
// name, and that it uses only for whoever has shown who they are to it.
//
// What browsers answer is believed only for this site, for a challenge of this program that was not answered before, and signed by a key
// that is known. Attestations are not asked for: which make an authenticator is of is the person's own affair. What an answer says
// reaches neither log nor errors.
package passkey

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"silta/consult"
)

// ErrRefused is the error of an answer that nobody is signed in by, and no passkey made.
var ErrRefused = errors.New("a passkey was refused")

// Site makes and checks passkeys for one site.
type Site struct{ web *webauthn.WebAuthn }

// New returns a site by its public address, or nil where browsers know no passkeys: at a number in the place of a name, and without
// https, except on one's own machine.
func New(public *url.URL, name string) (*Site, error) {
	host := public.Hostname()
	if net.ParseIP(host) != nil || public.Scheme != "https" && host != "localhost" {
		return nil, nil
	}
	required := true
	timeout := webauthn.TimeoutConfig{Timeout: Lasts}
	web, err := webauthn.New(&webauthn.Config{
		RPID: host, RPDisplayName: name, RPOrigins: []string{public.Scheme + "://" + public.Host},
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementRequired, RequireResidentKey: &required, UserVerification: protocol.VerificationRequired,
		},
		Timeouts: webauthn.TimeoutsConfig{Login: timeout, Registration: timeout},
	})
	if err != nil {
		return nil, fmt.Errorf("passkeys for %s: %w", host, err)
	}
	return &Site{web}, nil
}

// Lasts is how long somebody may take to answer.
const Lasts = 5 * time.Minute

// Question is what a browser is asked.
type Question struct {
	// Options are for the browser, as the standard writes them in JSON.
	Options []byte
	// Challenge names the question. Kept is what has to be kept of it, where the browser cannot change it, until it is answered, once.
	Challenge, Kept string
}

func question(options any, kept *webauthn.SessionData) (Question, error) {
	q := Question{Challenge: kept.Challenge}
	data, err := json.Marshal(kept)
	if err != nil {
		return q, err
	}
	q.Kept = string(data)
	q.Options, err = json.Marshal(options)
	return q, err
}

// Make asks a browser to make a passkey for a person, on an authenticator that has none of theirs.
func (s *Site) Make(p consult.Person) (Question, error) {
	u := user{p, p.PasskeyHandle()}
	options, kept, err := s.web.BeginRegistration(u, webauthn.WithExclusions(webauthn.Credentials(u.WebAuthnCredentials()).CredentialDescriptors()))
	if err != nil {
		return Question{}, fmt.Errorf("ask for a passkey: %w", err)
	}
	return question(options.Response, kept)
}

// Made returns the passkey that an answer has made for a person, without a name. Error: [ErrRefused].
func (s *Site) Made(p consult.Person, a Answer, kept string, now time.Time) (consult.Passkey, error) {
	session, err := read(kept)
	if err != nil {
		return consult.Passkey{}, err
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(a.data)
	if err != nil || len(session.UserID) == 0 { // It answers a question of Ask, which anybody may have put.
		return consult.Passkey{}, ErrRefused
	}
	c, err := s.web.CreateCredential(user{p, session.UserID}, session, parsed)
	if err != nil {
		return consult.Passkey{}, ErrRefused
	}
	k := consult.Passkey{
		ID: c.ID, PublicKey: c.PublicKey, Handle: session.UserID, Created: now, Counter: c.Authenticator.SignCount, Synced: c.Flags.BackupEligible,
	}
	for _, t := range c.Transport {
		k.Transports = append(k.Transports, string(t))
	}
	return k, nil
}

// Ask asks a browser for a passkey of anybody's.
func (s *Site) Ask() (Question, error) {
	options, kept, err := s.web.BeginDiscoverableLogin()
	if err != nil {
		return Question{}, fmt.Errorf("ask for a passkey: %w", err)
	}
	return question(options.Response, kept)
}

// Shown returns what an answer tells of the use of a passkey of a person's. Error: [ErrRefused].
func (s *Site) Shown(p consult.Person, a Answer, kept string) (Use, error) {
	session, err := read(kept)
	if err != nil {
		return Use{}, err
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(a.data)
	if err != nil {
		return Use{}, ErrRefused
	}
	find := func(id, handle []byte) (webauthn.User, error) {
		i := slices.IndexFunc(p.Passkeys, func(k consult.Passkey) bool { return bytes.Equal(k.ID, id) && bytes.Equal(k.Handle, handle) })
		if i < 0 {
			return nil, ErrRefused
		}
		return user{p, handle}, nil
	}
	if _, _, err := s.web.ValidatePasskeyLogin(find, session, parsed); err != nil {
		return Use{}, ErrRefused
	}
	data := parsed.Response.AuthenticatorData
	return Use{Counter: data.Counter, Copied: data.Flags.HasBackupState()}, nil
}

// Use is one use of a passkey.
type Use struct {
	// Counter is how often the authenticator has signed; 0 for one that does not count.
	Counter uint32
	// Copied: there is a copy of the key elsewhere.
	Copied bool
}

// Answer is what a browser sent.
type Answer struct {
	// ID is the passkey's, Challenge names the question.
	ID        []byte
	Challenge string
	data      []byte
}

// Read reads an answer as far as it tells what it is one to. Nothing of it is believed yet. Error: [ErrRefused].
func Read(text string) (Answer, error) {
	var raw struct {
		RawID    protocol.URLEncodedBase64 `json:"rawId"`
		Response struct {
			Client protocol.URLEncodedBase64 `json:"clientDataJSON"`
		} `json:"response"`
	}
	var client struct {
		Challenge string `json:"challenge"`
	}
	if json.Unmarshal([]byte(text), &raw) != nil || json.Unmarshal(raw.Response.Client, &client) != nil || client.Challenge == "" {
		return Answer{}, ErrRefused
	}
	return Answer{raw.RawID, client.Challenge, []byte(text)}, nil
}

func read(kept string) (session webauthn.SessionData, err error) {
	if err := json.Unmarshal([]byte(kept), &session); err != nil {
		return session, fmt.Errorf("read what was kept of a question: %w", err)
	}
	return session, nil
}

// user is a person as the library wants them.
type user struct {
	person consult.Person
	handle []byte
}

func (u user) WebAuthnID() []byte          { return u.handle }
func (u user) WebAuthnName() string        { return u.person.ID }
func (u user) WebAuthnDisplayName() string { return u.person.Name }

func (u user) WebAuthnCredentials() []webauthn.Credential {
	list := make([]webauthn.Credential, len(u.person.Passkeys))
	for i, k := range u.person.Passkeys {
		list[i] = webauthn.Credential{
			ID: k.ID, PublicKey: k.PublicKey, Flags: webauthn.CredentialFlags{UserPresent: true, UserVerified: true, BackupEligible: k.Synced},
			Authenticator: webauthn.Authenticator{SignCount: k.Counter},
		}
		for _, t := range k.Transports {
			list[i].Transport = append(list[i].Transport, protocol.AuthenticatorTransport(t))
		}
	}
	return list
}
