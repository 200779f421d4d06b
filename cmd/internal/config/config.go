// Package config is the server's configuration: what an operator writes into one YAML file, with overrides in the environment.
//
// A configuration is used whole or not at all. [Load] reports everything that is wrong with it at once, each fault with its
// line and column or the name of its variable, and with what to write instead. Secrets never appear in a fault. The section
// `routing:` of the same file is not read here: it is a document of its own, which package routing checks.
package config

import (
	"log/slog"
	"net/mail"
	"net/netip"
	"net/url"
	"time"

	"silta/consult"
)

// Config is a checked configuration. Each field's comment begins with its key in the file; file names in it are absolute or
// relative to the working directory.
type Config struct {
	// Listen is `listen`, the address for HTTP: host:port. Default 127.0.0.1:8080.
	Listen string
	// PublicURL is `public-url`, under which people reach the program: the base of every link in a mail. It is https, except on
	// localhost, and has no path. Required.
	PublicURL *url.URL
	// Data is `data`, the directory of the journal, the keys and the event store. Required.
	Data string
	// Calendars is `calendars`, the directory of calendars that are files. Default: that of the configuration.
	Calendars string
	// ExpireAfter is `expire-after`: how long after its answer a request closes by itself. Default 28d.
	ExpireAfter time.Duration

	Organisation Organisation
	Identity     Identity
	Privacy      Privacy
	Proxy        Proxy
	TLS          TLS
	NATS         NATS
	Mail         Mail
	Sessions     Sessions
	Limits       Limits
	SignIn       SignIn
	Reminders    Reminders
	Jobs         Jobs
	Log          Log
	Metrics      Metrics
}

// Organisation is `organisation`: who runs the service.
type Organisation struct {
	// Name is `name`, in all three languages. Required.
	Name consult.Text
	// Feedback is `feedback`, the mail address on the accessibility statement. Required: the law asks for one.
	Feedback string
	// Emergency is `emergency`: whom to phone instead of writing, in this order. Default: 112.
	Emergency []Phone
}

// Phone is an item of `organisation.emergency`.
type Phone struct {
	// Number is `number`, as people read it.
	Number string
	// Name is `name`: who answers there, in all three languages.
	Name consult.Text
}

// Identity is `identity`: on what grounds a request may say who the client is.
type Identity struct {
	// Bases is `bases`, the legal grounds besides consent. Default: none.
	Bases []LegalBasis
}

// LegalBasis is an item of `identity.bases`.
type LegalBasis struct {
	// ID is `id`, which requests carry; it keeps its meaning for ever.
	ID consult.Basis
	// Text is `text`, what the form shows, in all three languages.
	Text consult.Text
}

// Proxy is `proxy`.
type Proxy struct {
	// Trusted is `trusted`: networks of reverse proxies whose X-Forwarded-For is believed. Default: none, so that the client's
	// address is that of the connection.
	Trusted []netip.Prefix
}

// TLS is `tls`: both are files in PEM form, read anew when they change, or both "" where a proxy in front does it.
type TLS struct {
	// Cert is `cert`, the certificate and its chain.
	Cert string
	// Key is `key`.
	Key string
}

// Enabled reports whether the program itself speaks HTTPS.
func (t TLS) Enabled() bool { return t.Cert != "" }

// NATS is `nats`: where events are told. URL is "" for the server inside the program.
type NATS struct {
	// Listen is `listen`, where the server inside lets other systems in; "": nowhere, it is only used within the process.
	// Default 127.0.0.1:4222; always "" where URL is set.
	Listen string
	// TLS is `tls`, for that address; without it what is told there, and the password, travel in clear.
	TLS TLS
	// Reader is `reader`: whom other systems sign in to the server inside as, to read. Password "": nobody is let in.
	Reader Login
	// URL is `url`: a server, or several with commas between them, that stands elsewhere.
	URL string
	// Login is `user` and `password` at that server; User "" for none.
	Login Login
	// Credentials is `credentials`, a NATS .creds file used instead of a login; "" for none.
	Credentials string
	// CA is `ca`, a PEM file with who may vouch for that server; "": the system's own list.
	CA string
	// Replicas is `replicas`: on how many servers of a cluster that stands elsewhere the events are kept. Default 1.
	Replicas int
}

// Login is a name and a password.
type Login struct{ User, Password string }

// Security says how a connection to the mail server is protected.
type Security string

const (
	// STARTTLS begins in clear and goes on only once it is encrypted.
	STARTTLS Security = "starttls"
	// TLSFromStart is encrypted from the first byte (port 465).
	TLSFromStart Security = "tls"
	// NoTLS stays in clear.
	NoTLS Security = "none"
)

// Mail is `mail`.
type Mail struct {
	// SMTP is `smtp`, the server that takes outgoing mail: host:port. Required.
	SMTP string
	// Security is `security`. Default starttls; none only for a server on this machine, or with AllowPlain.
	Security Security
	// AllowPlain is `allow-plain`: the way to a server elsewhere is a network of one's own, so that mail may travel it in clear.
	AllowPlain bool
	// Login is `user` and `password`; User "" for none.
	Login Login
	// From is `from`, the sender that people see. Required.
	From mail.Address
	// Helo is `helo`, the name that the program greets the server with. Default: the host of public-url.
	Helo string
	// ReturnPathDomain is `return-path-domain`: bounces go to an address of their own in it. Default: the domain of From.
	ReturnPathDomain string
	DKIM             DKIM
	Inbound          Inbound
}

// Inbound is `mail.inbound`: how what comes back reaches the program. Both can be used; without either, bounces go unnoticed.
type Inbound struct {
	// LMTP is `lmtp`, where a mail server hands mail over: host:port on this machine, or "unix:" and the path of a socket; "": nowhere.
	LMTP string
	// Maildir is `maildir`, a mailbox into which a mail server delivers; "": none.
	Maildir string
}

// DKIM is `mail.dkim`: all three, or all "" for mail that is not signed here.
type DKIM struct {
	// Domain is `domain`, Selector `selector`: where the public key stands in the DNS.
	Domain, Selector string
	// KeyFile is `key-file`, the private key in PEM form.
	KeyFile string
}

// Enabled reports whether outgoing mail is signed.
func (d DKIM) Enabled() bool { return d.Domain != "" }

// Sessions is `sessions`: how long people stay signed in.
type Sessions struct {
	// Idle is `idle`, without doing anything. Default 30m.
	Idle time.Duration
	// Absolute is `absolute`, in any case. Default 12h.
	Absolute time.Duration
}

// Reminders is `reminders`: when people are reminded who are not asked to answer.
type Reminders struct {
	// Reply is `reply`: on which working days after the pool's question its sender is reminded, in rising order. Default 2 and 5.
	Reply []int
	// Silence is `silence`: on which working day after it the pool is told that nobody replies. Default 7.
	Silence int
	// Close is `close`: how long before an answered request closes by itself its sender is reminded. Default 7d, or half of expire-after where that is shorter.
	Close time.Duration
}

// Log is `log`.
type Log struct {
	// Level is `level`: debug, info, warn or error. Default info.
	Level slog.Level
	// JSON is `format`: "json" or "text". Default text.
	JSON bool
}

// Metrics is `metrics`.
type Metrics struct {
	// Allow is `allow`: networks to which /metrics and the details of /readyz are told. Default: this machine. None: nobody.
	Allow []netip.Prefix
}

// SignIn is `sign-in`: where people can sign in besides with a password.
type SignIn struct {
	// Providers is `providers`. Default: none.
	Providers []Provider
	// SecondFactor is `second-factor`: the roles of whom a password alone is not enough. Default: none.
	SecondFactor []consult.Role
}

// Provider is an item of `sign-in.providers`: a provider of OpenID Connect.
type Provider struct {
	// ID is `id`, part of the address that the provider sends people back to: PUBLIC-URL/sign-in/with/ID/back.
	ID string
	// Name is `name`, in all three languages. Required.
	Name consult.Text
	// Issuer is `issuer`. Required.
	Issuer string
	// ClientID is `client-id`, ClientSecret what the file `client-secret-file` holds; "" for a public client.
	ClientID, ClientSecret string
	// Scopes is `scopes`, besides openid. Default: profile, email.
	Scopes []string
	// Person, FullName, Email, Profession and Municipality are the names of claims, under `claims`: `person`, `name`, `email`, `profession`,
	// `municipality`. Defaults: preferred_username, name, email, none, none.
	Person, FullName, Email, Profession, Municipality string
	// Roles is `roles`: the mapping from claims to roles.
	Roles []RoleRule
	// Pools is `pools`: the mapping from claims to pools.
	Pools []PoolRule
	// ACR and AMR are `require.acr` and `require.amr`: what the provider must say of how it has made sure of somebody, one of each that is
	// given. Default: its own policy counts.
	ACR, AMR []string
	// Create is `create`: who is not known yet is added. Default no.
	Create bool
}

// RoleRule is an item of `sign-in.providers[].roles`: `claim`, `value` and `role`.
type RoleRule struct {
	Claim, Value string
	Role         consult.Role
}

// PoolRule is an item of `sign-in.providers[].pools`: `claim`, `value` and `pool`. Whether there is such a pool, the rules say.
type PoolRule struct {
	Claim, Value, Pool string
	// Line and Column are where the pool stands in the file.
	Line, Column int
}

// Limits is `limits`: how often people may ask.
type Limits struct {
	// Person is `person`, requests a second of one person in the long run; ten times that at once. Default 50.
	Person int
	// Address is `address`, the same for all who come from one address, as whole hospitals do. Default 500.
	Address int
	// Streams is `streams`, open pages and streams of events of one person. Default 30.
	Streams int
}

// Default returns a configuration in which every key that has a default has it, and the required ones are empty.
func Default() *Config {
	return &Config{
		Listen:      "127.0.0.1:8080",
		ExpireAfter: 28 * day,
		Privacy:     defaultPrivacy(),
		Organisation: Organisation{Emergency: []Phone{{
			Number: "112",
			Name:   consult.Text{consult.Finnish: "Hätänumero", consult.Swedish: "Nödnumret", consult.English: "Emergency number"},
		}}},
		NATS:      NATS{Listen: "127.0.0.1:4222", Reader: Login{User: "reader"}, Replicas: 1},
		Mail:      Mail{Security: STARTTLS},
		Sessions:  Sessions{Idle: 30 * time.Minute, Absolute: 12 * time.Hour},
		Reminders: Reminders{Reply: []int{2, 5}, Silence: 7, Close: 7 * day},
		Limits:    Limits{Person: 50, Address: 500, Streams: 30},
		Jobs:      defaultJobs(),
		Metrics:   Metrics{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}},
	}
}
