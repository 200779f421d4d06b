package app

import (
	"context"
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"silta/cmd/internal/config"
	"silta/consult"
	"silta/notify"
	"silta/notify/jobs"
	"silta/notify/mail"
	"silta/routing"
)

// telling is all that tells of what happened: NATS, the live pages and the mail, and what escalates.
type telling struct {
	bus       *notify.Bus
	relay     *notify.Relay
	hub       *notify.Hub
	planner   *notify.Planner
	escalator *notify.Escalator
	duty      *notify.Duty
	metrics   *notify.Metrics
	jobs      *jobs.Registry
	// mailbox is nil where no Maildir is configured, or takes in what is in it.
	mailbox func(context.Context, time.Time) error
	// forgotten: the watchdog has found an open request without a next moment, or could not look.
	forgotten atomic.Bool
	// stuck is what the watchdog has found of mails that no server takes.
	stuck atomic.Pointer[stuck]
	// counted is what the page of retention shows of the journal.
	counted counted
}

// startTelling starts it all on a store. What it starts is stopped by the cleanup.
func startTelling(s *store, c *config.Config, cert *certificate, sender notify.Sender, reg prometheus.Registerer, log *slog.Logger, down *cleanup) (*telling, error) {
	t := &telling{}
	var err error
	if t.bus, err = notify.Open(busConfig(c, cert, log)); err != nil {
		return nil, err
	}
	down.add(func(context.Context) error { t.bus.Close(); return nil })
	if t.metrics, err = notify.NewMetrics(reg); err != nil {
		return nil, err
	}
	both := journaled{s.journal, s.view}
	t.relay = notify.NewRelay(t.bus, s.journal, c.PublicURL.String(), notify.Sleep, log, t.metrics)
	t.hub = notify.NewHub(t.bus, s.journal, notify.Sleep, log)
	key, err := notify.Secret(filepath.Join(c.Data, mailKeyFile))
	if err != nil {
		return nil, err
	}
	tokens := mail.NewTokens([]byte(key))
	composer, err := mail.NewComposer(mail.Options{
		Tokens: tokens,
		From:   c.Mail.From.Address, Name: c.Mail.From.Name, Domain: c.Mail.ReturnPathDomain,
		PublicURL: c.PublicURL.String(), Zone: s.clock.zone, Pools: poolNames{s.book}, People: s.view,
		Organisation: c.Organisation.Name,
	})
	if err != nil {
		return nil, err
	}
	post := &notify.Post{
		Deliveries: both, Journal: s.journal, People: s.view, Due: s.view, Requests: s.service, Composer: composer, Sender: sender,
		Clock: s.clock.Now, Log: log, Metrics: t.metrics,
	}
	courier := notify.NewCourier(post)
	t.planner = notify.NewPlanner(t.bus, s.journal, both, s.view, s.view, s.clock.Now, courier.Wake, notify.Sleep, log, t.metrics)
	if err := t.takeIn(c, notify.NewInbox(post, tokens, c.Mail.From.Address, t.planner), log, down); err != nil {
		return nil, err
	}
	t.duty = notify.NewDuty(rotas{s.book}, s.view, t.planner)
	t.escalator = notify.NewEscalator(s.view, s.service, courier.Wake, log, t.metrics)

	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	down.add(func(context.Context) error { stop(); running.Wait(); return nil })
	running.Go(func() { t.relay.Run(ctx) })
	running.Go(func() {
		if err := t.hub.Run(ctx); err != nil && ctx.Err() == nil {
			log.Error("live pages do not hear of changes", "error", err)
		}
	})
	running.Go(func() { t.planner.Run(ctx) })
	running.Go(func() { courier.Run(ctx) })
	return t, nil
}

// watch is the watchdog: it looks whether every open request has its next moment, and a pool that the rules have.
func (t *telling) watch(ctx context.Context, s *store, now time.Time, log *slog.Logger) error {
	moved, failed := s.service.Rehome(ctx, s.view, now)
	if moved > 0 {
		log.Warn("requests were handed over: their teams are not in the rules any more", "requests", moved)
	}
	lost, err := notify.Watch(s.view, log, t.metrics)
	t.forgotten.Store(err != nil || len(lost) > 0)
	if err == nil && len(lost) > 0 {
		err = fmt.Errorf("%d open requests have no next moment", len(lost))
	}
	return errors.Join(failed, err, t.watchMails(s, now, log))
}

// rotas are those of the rules in force.
type rotas struct{ *routing.Book }

func (r rotas) Pools() []string {
	rules := r.Rules()
	if rules == nil {
		return nil
	}
	var ids []string
	for _, p := range rules.Document().Pools {
		ids = append(ids, p.ID)
	}
	return ids
}

// poolNames gives mails the names of the rules in force.
type poolNames struct{ book *routing.Book }

func (p poolNames) PoolName(pool string, l consult.Language) string {
	if known := p.book.Rules().Pool(pool); known != nil && known.Name.In(l) != "" {
		return known.Name.In(l)
	}
	return pool
}

// busConfig is of the configuration's NATS. Where it has no reader's password, nobody is let in.
func busConfig(c *config.Config, cert *certificate, log *slog.Logger) notify.Config {
	n := notify.Config{Dir: filepath.Join(c.Data, natsDir), Listen: c.NATS.Listen, Reader: notify.Credentials(c.NATS.Reader), Log: log}
	if cert != nil {
		n.TLS = cert.config()
	}
	if c.NATS.URL == "" {
		return n
	}
	n.External = &notify.External{
		URL: c.NATS.URL, Credentials: notify.Credentials(c.NATS.Login), CredsFile: c.NATS.Credentials, CA: c.NATS.CA, Replicas: c.NATS.Replicas,
	}
	return n
}

// smtpSender makes the sender of the configuration's mail server.
func smtpSender(m config.Mail) (*mail.SMTP, error) {
	conf := mail.SMTPConfig{
		Addr: m.SMTP, Security: mail.Security(m.Security), User: m.Login.User, Password: m.Login.Password, Name: m.Helo,
		AllowPlain: m.AllowPlain,
	}
	if m.DKIM.Enabled() {
		key, err := privateKey(m.DKIM.KeyFile)
		if err != nil {
			return nil, err
		}
		conf.DKIM = &mail.DKIM{Domain: m.DKIM.Domain, Selector: m.DKIM.Selector, Key: key}
	}
	return mail.NewSMTP(conf)
}

// privateKey reads a signing key in PEM form, PKCS #8 or PKCS #1.
func privateKey(file string) (crypto.Signer, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(data)
	if block == nil {
		return nil, fmt.Errorf("%s: no key in PEM form is in it", file)
	}
	var key any
	if strings.HasPrefix(block.Type, "RSA ") {
		key, err = x509.ParsePKCS1PrivateKey(block.Bytes)
	} else {
		key, err = x509.ParsePKCS8PrivateKey(block.Bytes)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	signer, ok := key.(crypto.Signer)
	if !ok {
		return nil, errors.New(file + ": the key in it does not sign")
	}
	return signer, nil
}
