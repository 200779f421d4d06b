package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"time"

	"silta/cmd/internal/app"
	"silta/cmd/internal/config"
	example "silta/cmd/internal/demo"
	"silta/consult"
)

type demo struct {
	Listen string  `default:"127.0.0.1:8080" placeholder:"HOST:PORT" help:"Where to answer; on this machine only (default: ${default})."`
	NATS   string  `name:"nats" default:"127.0.0.1:0" placeholder:"HOST:PORT" help:"Where to tell events; on this machine only (default: any free port)."`
	Data   string  `type:"path" placeholder:"DIR" help:"Where to keep everything. Left out: in a directory of its own that goes with the demo."`
	SMTP   string  `name:"smtp" placeholder:"HOST:PORT" help:"A mail server to send to. Left out: mail is kept and shown at /demo/mail."`
	Empty  bool    `help:"People and rules, but no requests."`
	Clock  string  `placeholder:"TIME" help:"What time it is at the start, such as 2026-11-23T09:30. Default: now."`
	Speed  float64 `default:"1" placeholder:"N" help:"How many times as fast the clock runs."`
	Rules  string  `placeholder:"FILE" help:"Use these routing rules and not the example region's; - is standard input."`
}

// Help ends the command's help.
func (demo) Help() string {
	return `It prints its address and the people to sign in as, each with the password "demo". It answers on this machine only.

Examples:
  silta demo
  silta demo --clock 2026-11-23T09:30 --speed 600 --smtp localhost:1025`
}

// fastest is far beyond what a machine can follow; it keeps the clock's arithmetic in range.
const fastest = 1_000_000

// Run runs the demonstration until the context ends.
func (c demo) Run(ctx context.Context, w world) error {
	settings, err := c.settings(ctx, w)
	if err != nil {
		return err
	}
	if !(c.Speed > 0 && c.Speed <= fastest) {
		return fmt.Errorf("--speed: write a number above 0, up to %d", fastest)
	}
	d := &app.Demo{Speed: c.Speed, Empty: c.Empty}
	if c.Clock != "" {
		// The example region's time zone; a document of one's own may have another, and a time with an offset is never in doubt.
		home, err := time.LoadLocation("Europe/Helsinki")
		if err != nil {
			return err
		}
		if d.Start, err = moment(c.Clock, home); err != nil {
			return fmt.Errorf("--clock: %w", err)
		}
	}
	var rules []byte
	if c.Rules != "" {
		if rules, err = input(c.Rules, w); err != nil {
			return err
		}
	}
	if settings.Data == "" {
		if settings.Data, err = os.MkdirTemp("", "silta-demo-"); err != nil {
			return plain(err)
		}
		defer os.RemoveAll(settings.Data)
	}
	return runApp(ctx, app.Options{
		Config: settings, RulesFile: rulesFile{c.Rules}.name(), RulesYAML: rules, Demo: d,
		Log: newLog(config.Log{Level: slog.LevelWarn}, w.stderr), Stdout: w.stdout,
	})
}

// settings are the demonstration's in the place of a configuration file.
func (c demo) settings(ctx context.Context, w world) (*config.Config, error) {
	listen, err := loopback(ctx, c.Listen, w)
	if err != nil {
		return nil, fmt.Errorf("--listen: %w", err)
	}
	nats, err := loopback(ctx, c.NATS, w)
	if err != nil {
		return nil, fmt.Errorf("--nats: %w", err)
	}
	if c.SMTP != "" {
		if _, port, err := net.SplitHostPort(c.SMTP); err != nil || port == "" {
			return nil, errors.New("--smtp: write host:port, such as localhost:1025")
		}
	}
	s := config.Default()
	s.Listen = listen
	s.PublicURL = &url.URL{Scheme: "http", Host: listen}
	s.Data = c.Data
	s.NATS.Listen = nats
	s.Organisation.Name = consult.Text{
		consult.Finnish: "Siltala, esimerkkialue", consult.Swedish: "Siltala, exempelområde", consult.English: "Siltala, an example region",
	}
	s.Organisation.Feedback = "palaute@silta.example"
	if s.Organisation.Emergency, err = example.Emergency(); err != nil {
		return nil, err
	}
	s.Mail.SMTP = c.SMTP
	s.Mail.Security = config.NoTLS
	s.Mail.From = mail.Address{Name: "Silta", Address: "silta@silta.example"}
	s.Mail.Helo = "localhost"
	s.Mail.ReturnPathDomain = "silta.example"
	return s, nil
}

// loopback returns an address to listen on with its host resolved, and refuses whatever other machines can reach: everybody knows
// the demo's passwords.
func loopback(ctx context.Context, address string, w world) (string, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return "", errors.New("write host:port, such as 127.0.0.1:8080")
	}
	only := errors.New("the demo answers on this machine only, for everybody knows its passwords; write 127.0.0.1:" + port)
	if host == "" {
		return "", only
	}
	addresses := []string{host}
	if _, err := netip.ParseAddr(host); err != nil {
		if addresses, err = w.lookup(ctx, host); err != nil || len(addresses) == 0 {
			return "", errors.New("the host is not known; write 127.0.0.1:" + port)
		}
	}
	for i, a := range addresses {
		ip, err := netip.ParseAddr(a)
		if err != nil || !ip.Unmap().IsLoopback() {
			return "", only
		}
		addresses[i] = ip.Unmap().String()
	}
	// Of a name's addresses IPv4, which is there where IPv6 may be switched off.
	slices.SortStableFunc(addresses, func(a, b string) int {
		return len(netip.MustParseAddr(a).AsSlice()) - len(netip.MustParseAddr(b).AsSlice())
	})
	return net.JoinHostPort(addresses[0], port), nil
}
