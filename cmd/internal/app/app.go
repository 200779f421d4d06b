// Package app is the composition root: what the program is made of, started and stopped, in order.
package app

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"silta/cmd/internal/config"
	"silta/consult"
	"silta/notify"
	"silta/notify/mail"
	"silta/routing"
	"silta/ui"
	"silta/ui/session"
)

// Options are what an App is made of.
type Options struct {
	Config *config.Config
	// RulesFile and RulesYAML are the document that becomes version 1 of the rules in a new data directory: a whole
	// configuration or a bare routing section. The name is for messages.
	RulesFile string
	RulesYAML []byte
	// Demo is nil but in the demo.
	Demo *Demo
	Log  *slog.Logger
	// Stdout is where the demo introduces itself.
	Stdout io.Writer
}

// Demo is how a demo runs.
type Demo struct {
	// Start is where its clock starts, the zero time: now. Speed is how many times as fast as the machine's it runs.
	Start time.Time
	Speed float64
	// Empty: people and rules, but no requests.
	Empty bool
}

// App is the program while it serves.
type App struct {
	o        Options
	down     cleanup
	listener net.Listener
	store    *store
	// certificates are of what speaks TLS.
	certificates certificates
	// failed gets the error of a server that has stopped by itself. It has room for one.
	failed chan error
}

// stopTimeout is how long running requests may take at the end.
const stopTimeout = 20 * time.Second

// New checks the options.
func New(o Options) (*App, error) {
	if o.Config == nil || o.Log == nil {
		return nil, errors.New("the program lacks its configuration or its log")
	}
	return &App{o: o, failed: make(chan error, 1)}, nil
}

// Start makes everything and serves; it returns when people can sign in. What it has started is stopped again if it fails. The rules
// of a new data directory must be free of errors; the error then lists them all, a line each.
func (a *App) Start(ctx context.Context) (err error) {
	defer func() {
		if err != nil {
			err = errors.Join(err, a.Stop(context.Background()))
		}
	}()
	tuneCollector()
	c := a.o.Config
	// The port comes first: a demo's links are made of it, and a second server on it is noticed before anything is touched.
	if a.listener, err = net.Listen("tcp", c.Listen); err != nil {
		return err
	}
	served := false
	a.down.add(func(context.Context) error {
		if served {
			return nil
		}
		return a.listener.Close()
	})
	if a.certificates, err = readCertificates(c, a.o.Log); err != nil {
		return err
	}
	var at time.Time
	if a.o.Demo != nil {
		at = a.now().Add(-demoPast)
		a.fitDemo()
	}
	settings := consult.Config{Bases: bases(c), Life: lifetimes(c), Claimed: claimed(c)}
	if a.store, err = openStore(ctx, c.Data, at, a.firstRules, settings); err != nil {
		return err
	}
	a.down.add(func(context.Context) error { return a.store.journal.Close() })
	warnOfReaders(filepath.Join(c.Data, masterFile), a.o.Log)
	for _, p := range settings.Claimed {
		if !a.store.book.HasPool(p.Pool) {
			a.o.Log.Warn("claims give a pool that the rules in force do not have: nobody is a member by them", "provider", p.Provider, "pool", p.Pool)
		}
	}
	if err := a.store.startCalendars(c, a.o.Log, &a.down); err != nil {
		return err
	}

	sessions, err := session.Open(filepath.Join(c.Data, sessionsFile))
	if err != nil {
		return err
	}
	a.down.add(func(context.Context) error { return sessions.Close() })

	var shown *ui.Demo
	keep := new(mail.Keep)
	if a.o.Demo != nil {
		if c.NATS.Reader.Password, err = notify.Secret(filepath.Join(c.Data, readerFile)); err != nil {
			return err
		}
		if shown, err = a.seed(ctx, keep); err != nil {
			return err
		}
	}
	var sender notify.Sender = keep
	if a.o.Demo == nil || c.Mail.SMTP != "" {
		if sender, err = smtpSender(c.Mail); err != nil {
			return err
		}
	}
	reg := prometheus.NewRegistry()
	reg.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	t, err := startTelling(a.store, c, a.certificates.nats, sender, reg, a.o.Log, &a.down)
	if err != nil {
		return err
	}
	if err := a.store.openDrafts(c.Data, &a.down); err != nil {
		return err
	}
	if err := a.startJobs(ctx, t, reg); err != nil {
		return err
	}
	if err := a.startWeb(sessions, t, shown, reg); err != nil {
		return err
	}
	served = true
	if err := serveControl(c.Data, operator{a.store, sessions}, a.o.Log, &a.down); err != nil {
		return err
	}
	if a.o.Demo != nil {
		a.introduce(t)
	}
	return nil
}

// tuneCollector lets the heap grow more before it is collected, unless the operator has set GOGC. What lives is some tens of megabytes,
// so at the default of 100 collecting would take a tenth of the time under load.
func tuneCollector() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400)
	}
}

// Addr returns the address that is served: host:port.
func (a *App) Addr() string { return a.listener.Addr().String() }

// Wait returns nil when the context ends, or before that an error if the web server has stopped by itself. The program is of no use to
// anybody then: it is to be stopped, and started again.
func (a *App) Wait(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return nil
	case err := <-a.failed:
		return err
	}
}

// Stop ends everything in the reverse order: no new connections, running requests end, everything is on disk. Running requests get
// as long as the context, and 20 seconds at most.
func (a *App) Stop(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, stopTimeout)
	defer cancel()
	return a.down.run(ctx)
}

// firstRules returns the document that becomes version 1, or all that is wrong with it. Nobody has been added yet, so the people
// whom it names are only told of.
func (a *App) firstRules() ([]byte, error) {
	doc, findings := routing.Examine(a.o.RulesFile, a.o.RulesYAML, routing.World{Now: a.now(), Claimed: ClaimedPools(a.o.Config.SignIn.Providers)})
	if routing.HasErrors(findings) {
		return nil, listed(findings)
	}
	section, findings := routing.Section(a.o.RulesFile, a.o.RulesYAML)
	if routing.HasErrors(findings) {
		return nil, listed(findings)
	}
	if a.o.Demo == nil {
		a.o.Log.Warn("add the people whom the rules name, by these ids", "people", doc.Persons())
	}
	return section, nil
}

// now is the moment at which the program's clock will start.
func (a *App) now() time.Time {
	if a.o.Demo != nil && !a.o.Demo.Start.IsZero() {
		return a.o.Demo.Start
	}
	return time.Now()
}

// listed is the error that has the findings, a line each.
func listed(findings []routing.Finding) error {
	errs := []error{errors.New("the routing rules have errors in them")}
	for _, f := range findings {
		errs = append(errs, errors.New(f.String()))
	}
	return errors.Join(errs...)
}

func bases(c *config.Config) []consult.Basis {
	all := []consult.Basis{consult.Consent}
	for _, b := range c.Identity.Bases {
		all = append(all, b.ID)
	}
	return all
}

func lifetimes(c *config.Config) consult.Lifetimes {
	r := c.Reminders
	return consult.Lifetimes{Expire: c.ExpireAfter, Close: r.Close, Reply: r.Reply, Silence: r.Silence, Reasoned: c.Privacy.Reasoned}
}
