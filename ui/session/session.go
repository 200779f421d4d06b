// Package session knows who is signed in on a browser.
//
// A session is a random token in a cookie that scripts cannot read, and a record under the token's hash in a file (see [Store]),
// so that it survives a restart. It ends by sign-out, when it was not used for the idle time, and in any case after its
// lifetime. What pages fetch by themselves does not count as use: a screen left open does not stay signed in for ever.
//
// Sessions live in real time, as browsers' cookies do, whatever clock the rest of the program goes by.
package session

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/labstack/echo/v4"

	"silta/consult"
)

// What a session holds, by key.
const (
	keyPerson  = "person"
	keyStamp   = "stamp"
	keyMethod  = "method"
	keyBrowser = "browser"
	keyBegan   = "began"
	keyFlashes = "flashes"
	// Of somebody whose password was right and who still owes a one-time code.
	keyOwes      = "owes"
	keyOwesStamp = "owes-stamp"
	keyOwesSince = "owes-since"
	keyOwesTries = "owes-tries"
	// The secret of one-time codes that are being set up.
	keyNewCodes = "new-codes"
)

// Options say how long sessions last.
type Options struct {
	Store *Store
	// Secure: the site is reached by https only. The cookie is then bound to exactly this host.
	Secure bool
	// Idle is how long a session lasts without use, Lifetime how long in any case.
	Idle, Lifetime time.Duration
}

// Defaults of [Options]: a working day.
const (
	DefaultIdle     = 2 * time.Hour
	DefaultLifetime = 12 * time.Hour
)

// Manager reads and writes sessions.
type Manager struct {
	scs   *scs.SessionManager
	store *Store
	// ends rings when sessions were ended.
	ends consult.Bell
}

// Method is how somebody has shown who they are.
type Method string

// Methods.
const (
	ByPassword        Method = "password"
	ByPasswordAndCode Method = "password-code"
	// ByPasskey: by a passkey, which has asked for a finger, a face or a PIN.
	ByPasskey Method = "passkey"
	// ByProvider: at a provider of identities.
	ByProvider Method = "provider"
	// ByInvitation: by the link of an invitation, with which they have just chosen a password.
	ByInvitation Method = "invitation"
)

// SignedIn is what a session knows of who it belongs to.
type SignedIn struct {
	Person string
	// Stamp is the person's at the sign-in, see [consult.Person.Stamp]: with another one the session is over.
	Stamp  string
	Method Method
	// Browser is what the person recognises it by.
	Browser Browser
}

// Flash is a message about what was just done, to be shown once: a key of the message catalogue and its arguments.
type Flash struct {
	// Kind is "ok", "warn" or "danger".
	Kind string            `json:"kind"`
	Key  string            `json:"key"`
	Args map[string]string `json:"args,omitempty"`
	// At is the id of what the reader goes on with on the page that shows it; left out, that is the message itself.
	At string `json:"at,omitempty"`
}

// New returns a manager.
func New(o Options) *Manager {
	if o.Idle <= 0 {
		o.Idle = DefaultIdle
	}
	if o.Lifetime <= 0 {
		o.Lifetime = DefaultLifetime
	}
	// Not by scs.New, which starts a store in memory that is never stopped.
	return &Manager{store: o.Store, scs: &scs.SessionManager{
		IdleTimeout: o.Idle, Lifetime: o.Lifetime, Store: o.Store, Codec: codec{},
		// The cookie goes with the browser; the record's expiry is what counts.
		Cookie: scs.SessionCookie{
			Name: CookieName(o.Secure), Secure: o.Secure, HttpOnly: true, Path: "/", SameSite: http.SameSiteLaxMode,
		},
	}}
}

// CookieName is the name of the session's cookie.
func CookieName(secure bool) string {
	if secure {
		return "__Host-silta"
	}
	return "silta"
}

// Middleware loads the session of each request and writes it back, with its cookie, before the answer's first byte. A request
// for which background returns true is not a use: it can read the session, and what it changes is lost. Failures to write go to fault.
func (m *Manager) Middleware(background func(echo.Context) bool, fault func(echo.Context, error)) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			token := ""
			if cookie, err := c.Cookie(m.scs.Cookie.Name); err == nil {
				token = cookie.Value
			}
			ctx, err := m.scs.Load(c.Request().Context(), token)
			if err != nil {
				return fmt.Errorf("load a session: %w", err)
			}
			c.SetRequest(c.Request().WithContext(ctx))
			if !background(c) {
				c.Response().Before(func() {
					if err := m.save(ctx, c.Response()); err != nil {
						fault(c, err)
					}
				})
			}
			return next(c)
		}
	}
}

func (m *Manager) save(ctx context.Context, w http.ResponseWriter) error {
	switch m.scs.Status(ctx) {
	case scs.Modified:
		token, expiry, err := m.scs.Commit(ctx)
		if err != nil {
			return fmt.Errorf("save a session: %w", err)
		}
		m.scs.WriteSessionCookie(ctx, w, token, expiry)
	case scs.Destroyed:
		m.scs.WriteSessionCookie(ctx, w, "", time.Time{})
	}
	return nil
}

// Person returns the id of who is signed in, or "".
func (m *Manager) Person(ctx context.Context) string { return m.scs.GetString(ctx, keyPerson) }

// Method returns how they have shown who they are, or "".
func (m *Manager) Method(ctx context.Context) Method { return Method(m.scs.GetString(ctx, keyMethod)) }

// Shown notes that somebody who is signed in has shown more of who they are.
func (m *Manager) Shown(ctx context.Context, method Method) {
	m.scs.Put(ctx, keyMethod, string(method))
}

// Stamp returns the stamp that the session was begun with, or "".
func (m *Manager) Stamp(ctx context.Context) string { return m.scs.GetString(ctx, keyStamp) }

// SignIn begins a new session for a person. The token is a new one: one that somebody else put into the browser is worth nothing.
func (m *Manager) SignIn(ctx context.Context, in SignedIn) error {
	if err := m.SignOut(ctx); err != nil {
		return err
	}
	m.scs.Put(ctx, keyPerson, in.Person)
	m.scs.Put(ctx, keyStamp, in.Stamp)
	m.scs.Put(ctx, keyMethod, string(in.Method))
	m.scs.Put(ctx, keyBrowser, string(in.Browser))
	m.scs.Put(ctx, keyBegan, time.Now().UTC().Format(time.RFC3339))
	return nil
}

// Renew goes on with the session of who has changed what they sign in with, under a new token and the new stamp.
func (m *Manager) Renew(ctx context.Context, stamp string) error {
	if err := m.scs.RenewToken(ctx); err != nil {
		return fmt.Errorf("renew a session: %w", err)
	}
	m.scs.Put(ctx, keyStamp, stamp)
	return nil
}

// SignOut ends the session, in all tabs of the browser.
func (m *Manager) SignOut(ctx context.Context) error {
	someone := m.Person(ctx) != ""
	if err := m.scs.Destroy(ctx); err != nil {
		return fmt.Errorf("end a session: %w", err)
	}
	if someone {
		m.ends.Ring()
	}
	return nil
}

// Lasts reports whether the session that was loaded for the context is still there, without using it.
func (m *Manager) Lasts(ctx context.Context) bool {
	_, found, err := m.store.Find(m.scs.Token(ctx))
	return err == nil && found
}

// Lapsed reports whether the browser has been signed in and the session has ended by itself meanwhile. One that somebody has ended
// has not lapsed.
func (m *Manager) Lapsed(c echo.Context) (bool, error) {
	cookie, err := c.Cookie(m.scs.Cookie.Name)
	if err != nil || cookie.Value == "" {
		return false, nil
	}
	return m.store.lapsed(cookie.Value)
}

// Flash leaves a message for the next page.
func (m *Manager) Flash(ctx context.Context, f Flash) {
	data, err := json.Marshal(append(m.flashes(ctx), f))
	if err == nil {
		m.scs.Put(ctx, keyFlashes, string(data))
	}
}

// TakeFlashes returns the messages that wait, and forgets them.
func (m *Manager) TakeFlashes(ctx context.Context) []Flash {
	flashes := m.flashes(ctx)
	if len(flashes) > 0 {
		m.scs.Remove(ctx, keyFlashes)
	}
	return flashes
}

func (m *Manager) flashes(ctx context.Context) []Flash {
	var flashes []Flash
	if s := m.scs.GetString(ctx, keyFlashes); s != "" {
		_ = json.Unmarshal([]byte(s), &flashes) // Written by Flash; what is unreadable shows nothing.
	}
	return flashes
}

// codec writes a session as JSON, the same data always as the same bytes, so that the store can see that nothing changed.
type codec struct{}

type record struct {
	Deadline time.Time      `json:"deadline"`
	Values   map[string]any `json:"values"`
}

// Encode implements scs.Codec.
func (codec) Encode(deadline time.Time, values map[string]any) ([]byte, error) {
	return json.Marshal(record{deadline, values})
}

// Decode implements scs.Codec.
func (codec) Decode(data []byte) (time.Time, map[string]any, error) {
	r := record{Values: map[string]any{}}
	err := json.Unmarshal(data, &r)
	return r.Deadline, r.Values, err
}
