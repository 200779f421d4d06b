// Package provider signs people in at providers of identities: OpenID Connect, authorization code flow with PKCE, state and nonce.
//
// A provider is looked up when somebody first wants to sign in there, and again until it answers: one that is down keeps nobody from
// signing in by other ways, nor the program from starting. What a provider says is believed only as an ID token that it has signed for
// this program and this attempt; its words reach neither log nor errors.
package provider

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
	"golang.org/x/sync/singleflight"

	"silta/consult"
)

// Options say how to sign in at one provider.
type Options struct {
	// ID is the configuration's name of it, valid by [consult.ValidID].
	ID   string
	Name consult.Text
	// Issuer is its address; where it tells about itself is found below it.
	Issuer string
	// ClientID and ClientSecret are what it knows this program by; a public client has no secret.
	ClientID, ClientSecret string
	// Scopes are what is asked for besides "openid".
	Scopes []string
	// Claims are the names of the claims that tell of a person.
	Claims Claims
	// Roles is the mapping from claims to roles; none: the roles are those of the person's record.
	Roles []RoleRule
	// Pools is the mapping from claims to pools, besides those that the rules name people in.
	Pools []PoolRule
	// ACR and AMR are what the provider must say of how it has made sure of somebody, one of each that is not empty.
	ACR, AMR []string
	// Create adds who is not known yet.
	Create bool
	// PublicURL is where browsers find the site.
	PublicURL string
	// Client talks to the provider; nil is one that waits ten seconds at most.
	Client *http.Client
}

// Claims are names of claims. "" asks for none; a name with dots leads into claims that are objects.
type Claims struct{ Person, Name, Email, Profession, Municipality string }

// RoleRule gives a role to whom a claim has a value, as the whole of it or in its list.
type RoleRule struct {
	Claim, Value string
	Role         consult.Role
}

// PoolRule makes whom a claim has a value a member of a pool.
type PoolRule struct{ Claim, Value, Pool string }

// Attempt is what has to be kept in the browser's session while somebody is at the provider.
type Attempt struct {
	State    string    `json:"state"`
	Nonce    string    `json:"nonce"`
	Verifier string    `json:"verifier"`
	Next     string    `json:"next"`
	Began    time.Time `json:"began"`
}

// attemptLasts is how long somebody may take at the provider.
const attemptLasts = 10 * time.Minute

// Provider is one of them. It is safe for concurrent use.
type Provider struct {
	Options
	looking singleflight.Group
	known   atomic.Pointer[known]
}

// known is what a provider has told about itself.
type known struct {
	config   oauth2.Config
	verifier *oidc.IDTokenVerifier
	found    *oidc.Provider
}

// New returns a provider. It does not look for it yet.
func New(o Options) *Provider {
	if o.Client == nil {
		o.Client = &http.Client{Timeout: 10 * time.Second}
	}
	return &Provider{Options: o}
}

// Errors of signing in.
var (
	// ErrDown: the provider does not answer, or not as it should.
	ErrDown = errors.New("the provider does not answer as it should")
	// ErrRefused: the provider has not let the person in, or what came back is not what was asked for.
	ErrRefused = errors.New("the provider has not signed anybody in")
	// ErrWeak: the provider has not made as sure of the person as is wanted.
	ErrWeak = errors.New("the provider has not made sure enough of the person")
)

// callbackPath is where the provider sends the browser back to.
func (p *Provider) callbackPath() string { return "/sign-in/with/" + p.ID + "/back" }

func (p *Provider) context(ctx context.Context) context.Context {
	return oidc.ClientContext(ctx, p.Client)
}

// look finds out about the provider, once it answers. One look is for all who wait for it: while it is down they would stand in line. Errors
// wrap [ErrDown], or are the context's.
func (p *Provider) look(ctx context.Context) (*known, error) {
	if k := p.known.Load(); k != nil {
		return k, nil
	}
	looked := p.looking.DoChan("", func() (any, error) {
		// What it tells is kept beyond the request that has asked first.
		found, err := oidc.NewProvider(p.context(context.Background()), p.Issuer)
		if err != nil {
			return nil, fmt.Errorf("%w: %s: its configuration cannot be had", ErrDown, p.ID)
		}
		p.known.Store(&known{
			config: oauth2.Config{
				ClientID: p.ClientID, ClientSecret: p.ClientSecret, Endpoint: found.Endpoint(), RedirectURL: p.PublicURL + p.callbackPath(),
				Scopes: append([]string{oidc.ScopeOpenID}, p.Scopes...),
			},
			verifier: found.Verifier(&oidc.Config{ClientID: p.ClientID}),
			found:    found,
		})
		return nil, nil
	})
	select {
	case r := <-looked:
		return p.known.Load(), r.Err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Start returns where to send the browser, and what to keep of the attempt. With anew the provider asks who they are also of somebody whom
// it knows. Its error wraps [ErrDown], or is the context's.
func (p *Provider) Start(ctx context.Context, next string, anew bool, now time.Time) (string, Attempt, error) {
	k, err := p.look(ctx)
	if err != nil {
		return "", Attempt{}, err
	}
	a := Attempt{State: rand.Text(), Nonce: rand.Text(), Verifier: oauth2.GenerateVerifier(), Next: next, Began: now}
	options := []oauth2.AuthCodeOption{oidc.Nonce(a.Nonce), oauth2.S256ChallengeOption(a.Verifier)}
	if len(p.ACR) > 0 {
		options = append(options, oauth2.SetAuthURLParam("acr_values", strings.Join(p.ACR, " ")))
	}
	if anew {
		options = append(options, oauth2.SetAuthURLParam("prompt", "login"))
	}
	return k.config.AuthCodeURL(a.State, options...), a, nil
}

// Finish returns what the provider says of who has come back from it with a query. Its errors wrap [ErrDown], [ErrRefused] or [ErrWeak],
// or are the context's.
func (p *Provider) Finish(ctx context.Context, query url.Values, a Attempt, now time.Time) (consult.Assertion, error) {
	if a.State == "" || now.Sub(a.Began) > attemptLasts || subtle.ConstantTimeCompare([]byte(a.State), []byte(query.Get("state"))) != 1 {
		return consult.Assertion{}, fmt.Errorf("%w: %s: it was not asked for, or too long ago", ErrRefused, p.ID)
	}
	// RFC 9207: where there are several providers, none passes another one's answer off as its own.
	if issuer := query.Get("iss"); issuer != "" && issuer != p.Issuer {
		return consult.Assertion{}, fmt.Errorf("%w: %s: another provider has answered", ErrRefused, p.ID)
	}
	code := query.Get("code")
	if code == "" {
		return consult.Assertion{}, fmt.Errorf("%w: %s: it gave no code", ErrRefused, p.ID)
	}
	k, err := p.look(ctx)
	if err != nil {
		return consult.Assertion{}, err
	}
	ctx = p.context(ctx)
	token, err := k.config.Exchange(ctx, code, oauth2.VerifierOption(a.Verifier))
	if _, refused := errors.AsType[*oauth2.RetrieveError](err); refused {
		return consult.Assertion{}, fmt.Errorf("%w: %s: it took its code back", ErrRefused, p.ID)
	}
	if err != nil {
		return consult.Assertion{}, fmt.Errorf("%w: %s: it exchanges no codes", ErrDown, p.ID)
	}
	raw, _ := token.Extra("id_token").(string)
	id, err := k.verifier.Verify(ctx, raw)
	if err != nil {
		return consult.Assertion{}, fmt.Errorf("%w: %s: its ID token is not good", ErrRefused, p.ID)
	}
	if subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(a.Nonce)) != 1 || id.Subject == "" {
		return consult.Assertion{}, fmt.Errorf("%w: %s: its ID token is of another attempt", ErrRefused, p.ID)
	}
	claims := map[string]any{}
	if err := id.Claims(&claims); err != nil {
		return consult.Assertion{}, fmt.Errorf("%w: %s: its claims cannot be read", ErrRefused, p.ID)
	}
	// Only what it has signed counts for how strong it was, and what was asked for is not yet what was done.
	if !oneOf(p.ACR, claims, "acr") || !oneOf(p.AMR, claims, "amr") {
		return consult.Assertion{}, fmt.Errorf("%w: %s", ErrWeak, p.ID)
	}
	if err := p.ask(ctx, k, token, id.Subject, claims); err != nil {
		return consult.Assertion{}, err
	}
	return p.claimed(id.Subject, claims), nil
}

// oneOf reports whether a claim has one of the values that are wanted, if any are.
func oneOf(wanted []string, claims map[string]any, name string) bool {
	has := valuesOf(claims, name)
	return len(wanted) == 0 || slices.ContainsFunc(wanted, func(w string) bool { return slices.Contains(has, w) })
}

// ask adds the claims that the ID token lacks and that the provider tells of the same person at its userinfo endpoint, as the standard has it.
func (p *Provider) ask(ctx context.Context, k *known, token *oauth2.Token, subject string, claims map[string]any) error {
	names := []string{p.Claims.Person, p.Claims.Name, p.Claims.Email, p.Claims.Profession, p.Claims.Municipality}
	for _, r := range p.Roles {
		names = append(names, r.Claim)
	}
	for _, r := range p.Pools {
		names = append(names, r.Claim)
	}
	lacks := func(name string) bool { return name != "" && len(valuesOf(claims, name)) == 0 }
	if k.found.UserInfoEndpoint() == "" || !slices.ContainsFunc(names, lacks) {
		return nil
	}
	info, err := k.found.UserInfo(ctx, oauth2.StaticTokenSource(token))
	if err != nil {
		return fmt.Errorf("%w: %s: it does not tell of who has signed in", ErrDown, p.ID)
	}
	told := map[string]any{}
	if info.Subject != subject || info.Claims(&told) != nil {
		return fmt.Errorf("%w: %s: it tells of somebody else", ErrRefused, p.ID)
	}
	for name, value := range told {
		if _, known := claims[name]; !known {
			claims[name] = value
		}
	}
	return nil
}

// claimed reads claims by the mapping.
func (p *Provider) claimed(subject string, claims map[string]any) consult.Assertion {
	one := func(name string) string {
		if values := valuesOf(claims, name); len(values) > 0 {
			return strings.TrimSpace(values[0])
		}
		return ""
	}
	c := consult.Assertion{
		Login: consult.Login{Provider: p.ID, Subject: subject}, ID: strings.ToLower(one(p.Claims.Person)), Name: one(p.Claims.Name),
		Profession: consult.Profession(one(p.Claims.Profession)), Municipality: one(p.Claims.Municipality), Mapped: len(p.Roles) > 0, Create: p.Create,
	}
	// An address that the provider itself has not seen to be theirs is not taken over.
	if verified, said := claims["email_verified"].(bool); !said || verified {
		c.Email = one(p.Claims.Email)
	}
	if l := consult.Language(strings.SplitN(one("locale"), "-", 2)[0]); slices.Contains(consult.Languages, l) {
		c.Language = l
	}
	for _, r := range consult.Roles {
		if slices.ContainsFunc(p.Roles, func(rule RoleRule) bool {
			return rule.Role == r && slices.Contains(valuesOf(claims, rule.Claim), rule.Value)
		}) {
			c.Roles = append(c.Roles, r)
		}
	}
	for _, rule := range p.Pools {
		if slices.Contains(valuesOf(claims, rule.Claim), rule.Value) && !slices.Contains(c.Pools, rule.Pool) {
			c.Pools = append(c.Pools, rule.Pool)
		}
	}
	return c
}

// valuesOf returns a claim's values: of a list those that are texts.
func valuesOf(claims map[string]any, name string) []string {
	if name == "" {
		return nil
	}
	v, ok := claims[name]
	if !ok {
		first, rest, dotted := strings.Cut(name, ".")
		if inner, isMap := claims[first].(map[string]any); dotted && isMap {
			return valuesOf(inner, rest)
		}
		return nil
	}
	switch v := v.(type) {
	case string:
		return []string{v}
	case []any:
		var texts []string
		for _, item := range v {
			if s, ok := item.(string); ok {
				texts = append(texts, s)
			}
		}
		return texts
	}
	return nil
}
