package app

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"

	"silta/cmd/internal/config"
	"silta/consult"
	"silta/consult/journal"
	"silta/routing"
	"silta/ui"
	"silta/ui/api"
	"silta/ui/limit"
	"silta/ui/problem"
	"silta/ui/provider"
	"silta/ui/session"
	"silta/ui/templates"
)

// startWeb serves pages and API until the cleanup runs. Demo is nil but in the demo.
func (a *App) startWeb(sessions *session.Store, t *telling, demo *ui.Demo, reg *prometheus.Registry) error {
	s, c, log, down, listener := a.store, a.o.Config, a.o.Log, &a.down, a.listener
	closing, closeLive := context.WithCancel(context.Background())
	down.add(func(context.Context) error { closeLive(); return nil })
	// Everybody in a demo is on this machine, and may be as quick as they like.
	var limits *limit.Limits
	if demo == nil {
		limits = limit.New(limit.Options{Person: float64(c.Limits.Person), Address: float64(c.Limits.Address), Streams: c.Limits.Streams})
	}
	server, err := ui.New(ui.Options{
		Rules: s.book, RulesHistory: s.view, RulesPublisher: s.publisher,
		Service: s.service, People: s.view, Pools: ui.PoolsOf(s.book, s.stamp), Prover: startProver(s, log, down),
		Subscribe: func(after uint64, visible func(consult.Envelope) bool) ui.Subscription {
			return t.hub.Subscribe(after, visible)
		},
		API: func(readers ui.SessionReader, problems *problem.Presenter) ui.API {
			return api.New(api.Options{
				Service: s.service, Rules: s.book, History: s.view, Publisher: s.publisher, Problems: problems, Name: s.name,
				Subscribe: func(after uint64, visible func(consult.Envelope) bool) api.Subscription {
					return t.hub.Subscribe(after, visible)
				},
				SessionActor: readers.SessionActor, Unended: readers.Unended, Limits: limits,
				Used: func(c echo.Context, who consult.Actor) {
					readers.Calls(c, who)
					sessions.Use(who.Token.ID, s.clock.Now())
				},
				Now: s.clock.Now, Closing: closing,
			})
		},
		Letters: t.planner, Limits: limits, Providers: providers(c), SecondFactor: c.SignIn.SecondFactor, Drafts: s.drafts,
		Sessions: sessions, SessionIdle: c.Sessions.Idle, SessionLifetime: c.Sessions.Absolute,
		PublicURL: c.PublicURL.String(), Hosts: hosts(listener.Addr().(*net.TCPAddr)), TrustedProxies: networks(c.Proxy.Trusted),
		Now: s.clock.Now, Zone: s.clock.zone, Log: log, Metrics: reg,
		Operations: func(a consult.Actor) (templates.OperationsState, error) { return t.operations(s, a) },
		Retention: func(ctx context.Context, a consult.Actor) (templates.RetentionState, error) {
			return t.retention(ctx, s, sessions, c, a)
		},
		Ready:   func(context.Context) []ui.Check { return append(t.checks(s), a.certificates.check(s.clock.Now())) },
		Closing: closing, Site: site(c), MetricsFrom: networks(c.Metrics.Allow), Demo: demo,
	})
	if err != nil {
		return err
	}
	web := ui.NewHTTP(server.Handler(), slog.NewLogLogger(log.Handler(), slog.LevelDebug))
	if cert := a.certificates.web; cert != nil {
		listener = tls.NewListener(listener, cert.config("http/1.1"))
	}
	go func() {
		if err := web.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			a.failed <- fmt.Errorf("web server: %w", err)
		}
	}()
	down.add(func(ctx context.Context) error {
		closeLive()
		return web.Shutdown(ctx)
	})
	return nil
}

// authenticated are the cipher suites of TLS 1.2 that seal and authenticate in one step, with forward secrecy. Those of TLS 1.3 all do.
var authenticated = []uint16{
	tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
	tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, tls.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
	tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
}

// checks says whether the parts of the program work.
func (t *telling) checks(s *store) []ui.Check {
	_, err := s.view.Person(consult.SystemID)
	checks := []ui.Check{journalCheck(err, s.journal.Fault())}
	nats := ui.Check{Name: "nats", Status: ui.CheckOK}
	switch {
	case !t.relay.Ready():
		nats = ui.Check{Name: "nats", Status: ui.CheckWarning, Detail: fmt.Sprintf("%d entries are not told yet", t.relay.Lag())}
	case !t.planner.Ready():
		nats = ui.Check{Name: "nats", Status: ui.CheckWarning, Detail: "no mails are planned of what is told"}
	}
	escalation := ui.Check{Name: "escalation", Status: ui.CheckOK}
	if t.forgotten.Load() {
		escalation = ui.Check{Name: "escalation", Status: ui.CheckFailed, Detail: "open requests have no next moment"}
	}
	return append(checks, nats, escalation, t.jobsCheck(), t.mailCheck(), s.calendarsCheck(s.clock.Now()), addressCheck(s))
}

// journalCheck says whether the journal can be read and written, from what came of looking up somebody who does not exist and of the last
// write.
func journalCheck(read, written error) ui.Check {
	check := ui.Check{Name: "journal", Status: ui.CheckFailed}
	switch {
	case read != nil && consult.KindOf(read) != consult.NotFound:
		check.Detail = "it cannot be read"
	case errors.Is(written, journal.ErrDoubt):
		check.Detail = "it is not known whether the last change is on the disk, and nothing more is written before the next start"
	case written != nil:
		check.Detail = "the last change could not be written"
	default:
		check.Status = ui.CheckOK
	}
	return check
}

// maxNamed is how many people a check names.
const maxNamed = 20

// addressCheck names the people at whose address mail does not arrive.
func addressCheck(s *store) ui.Check {
	flagged, err := s.view.Flagged()
	if err != nil {
		return ui.Check{Name: "addresses", Status: ui.CheckFailed, Detail: "the people cannot be read"}
	}
	if len(flagged) == 0 {
		return ui.Check{Name: "addresses", Status: ui.CheckOK}
	}
	var ids []string
	for _, p := range flagged[:min(len(flagged), maxNamed)] {
		ids = append(ids, p.ID)
	}
	if more := len(flagged) - len(ids); more > 0 {
		ids = append(ids, fmt.Sprintf("and %d more", more))
	}
	return ui.Check{Name: "addresses", Status: ui.CheckWarning, Detail: "mail does not arrive at " + strings.Join(ids, ", ")}
}

// jobsCheck names the jobs that fail or are late.
func (t *telling) jobsCheck() ui.Check {
	check := ui.Check{Name: "jobs", Status: ui.CheckOK}
	for _, j := range t.jobs.Statuses() {
		if !j.Wrong() {
			continue
		}
		why := "failed"
		if j.Late {
			why = "is late"
		}
		if check.Detail != "" {
			check.Detail += ", "
		}
		check.Status, check.Detail = ui.CheckWarning, check.Detail+j.Name+" "+why
	}
	return check
}

func networks(prefixes []netip.Prefix) []*net.IPNet {
	var nets []*net.IPNet
	for _, p := range prefixes {
		nets = append(nets, &net.IPNet{IP: p.Masked().Addr().AsSlice(), Mask: net.CIDRMask(p.Bits(), p.Addr().BitLen())})
	}
	return nets
}

// hosts are the names by which the site may be called besides its public one: those of the address itself.
func hosts(a *net.TCPAddr) []string {
	names := []string{a.String()}
	if a.IP.IsLoopback() {
		names = append(names, net.JoinHostPort("localhost", strconv.Itoa(a.Port)))
	}
	return names
}

// providers are the configuration's providers of identities.
func providers(c *config.Config) []*provider.Provider {
	var list []*provider.Provider
	for _, p := range c.SignIn.Providers {
		o := provider.Options{
			ID: p.ID, Name: p.Name, Issuer: p.Issuer, ClientID: p.ClientID, ClientSecret: p.ClientSecret, Scopes: p.Scopes, Create: p.Create,
			Claims:    provider.Claims{Person: p.Person, Name: p.FullName, Email: p.Email, Profession: p.Profession, Municipality: p.Municipality},
			PublicURL: c.PublicURL.String(), ACR: p.ACR, AMR: p.AMR,
		}
		for _, r := range p.Roles {
			o.Roles = append(o.Roles, provider.RoleRule(r))
		}
		for _, r := range p.Pools {
			o.Pools = append(o.Pools, provider.PoolRule{Claim: r.Claim, Value: r.Value, Pool: r.Pool})
		}
		list = append(list, provider.New(o))
	}
	return list
}

// claimed are the pools that the configuration's providers of identities can give.
func claimed(c *config.Config) []consult.ClaimedPool {
	var list []consult.ClaimedPool
	for _, p := range ClaimedPools(c.SignIn.Providers) {
		list = append(list, p.ClaimedPool)
	}
	return list
}

// ClaimedPools are the pools that providers can give, with their places in the configuration, for who checks the rules in the same file.
func ClaimedPools(providers []config.Provider) []routing.ClaimedPool {
	var list []routing.ClaimedPool
	for _, p := range providers {
		for _, r := range p.Pools {
			list = append(list, routing.ClaimedPool{
				ClaimedPool: consult.ClaimedPool{Provider: p.ID, Pool: r.Pool}, At: routing.Pos{Line: r.Line, Column: r.Column},
			})
		}
	}
	return list
}
