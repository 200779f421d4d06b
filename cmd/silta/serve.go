package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"

	"silta/cmd/internal/app"
	"silta/cmd/internal/config"
)

// configFlag is the flag of all commands that need the server's configuration.
type configFlag struct {
	Config string `required:"" short:"c" placeholder:"FILE" help:"The server's configuration; SILTA_ variables override what stands in it."`
}

func (f configFlag) load(w world) (*config.Config, error) {
	c, err := config.Load(f.Config, w.environ)
	return c, plain(err)
}

type serve struct {
	configFlag
}

// Help ends the command's help.
func (serve) Help() string {
	return `It runs until SIGTERM or SIGINT: then it takes no new connections, lets running requests end, writes everything out and exits with 0.

Example:
  SILTA_MAIL_PASSWORD_FILE=/run/credentials/smtp silta serve --config /etc/silta/silta.yaml`
}

// Run runs the server until the context ends.
func (c serve) Run(ctx context.Context, w world) error {
	settings, err := c.load(w)
	if err != nil {
		return err
	}
	rules, err := input(c.Config, w)
	if err != nil {
		return err
	}
	log := newLog(settings.Log, w.stderr)
	return runApp(ctx, app.Options{Config: settings, RulesFile: c.Config, RulesYAML: rules, Log: log, Stdout: w.stdout})
}

func newLog(settings config.Log, w io.Writer) *slog.Logger {
	options := &slog.HandlerOptions{Level: settings.Level}
	if settings.JSON {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}

// runApp makes the application, starts it, and stops it when the context ends or it cannot serve any more.
func runApp(ctx context.Context, options app.Options) (err error) {
	a, err := app.New(options)
	if err != nil {
		return err
	}
	defer func() {
		// The context that ended must not cut short what is to be finished.
		if stopped := a.Stop(context.WithoutCancel(ctx)); stopped != nil && err == nil {
			err = fmt.Errorf("stopping: %w", stopped)
		}
	}()
	if err := a.Start(ctx); err != nil {
		return err
	}
	options.Log.Info("ready", "address", a.Addr())
	err = a.Wait(ctx)
	options.Log.Info("stopping")
	return err
}
