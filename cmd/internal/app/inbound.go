package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"strings"
	"time"

	"silta/cmd/internal/config"
	"silta/notify/mail"
)

// takeIn opens the ways by which mail comes in. What it starts is stopped by the cleanup.
func (t *telling) takeIn(c *config.Config, to mail.Receiver, log *slog.Logger, down *cleanup) error {
	if dir := c.Mail.Inbound.Maildir; dir != "" {
		box, err := mail.OpenMaildir(dir)
		if err != nil {
			return fmt.Errorf("mail.inbound.maildir: %w", err)
		}
		t.mailbox = func(ctx context.Context, _ time.Time) error { return box.Collect(ctx, to) }
	}
	if c.Mail.Inbound.LMTP == "" {
		return nil
	}
	l, err := listenLMTP(c.Mail.Inbound.LMTP)
	if err != nil {
		return fmt.Errorf("mail.inbound.lmtp: %w", err)
	}
	served := mail.ServeLMTP(l, c.Mail.Helo, to, log)
	log.Info("mail is taken in over LMTP", "address", l.Addr().String())
	down.add(served.Stop)
	return nil
}

// listenLMTP listens on a port or on a socket. A socket that a server before left behind is taken away.
func listenLMTP(address string) (net.Listener, error) {
	path, ok := strings.CutPrefix(address, "unix:")
	if !ok {
		return net.Listen("tcp", address)
	}
	if info, err := os.Lstat(path); err == nil && info.Mode().Type() == fs.ModeSocket {
		if err := os.Remove(path); err != nil {
			return nil, err
		}
	}
	l, err := net.Listen("unix", path)
	if err != nil {
		return nil, err
	}
	// Who may connect is for the directory to say: the mail server runs as another user.
	if err := os.Chmod(path, 0o666); err != nil { // #nosec G302 -- it is a socket
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}
