package mail

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Maildir is a mailbox in a directory into which a mail server delivers.
type Maildir struct{ dir string }

// OpenMaildir checks that the directory is a Maildir.
func OpenMaildir(dir string) (Maildir, error) {
	for _, sub := range []string{"new", "cur"} {
		if info, err := os.Stat(filepath.Join(dir, sub)); err != nil || !info.IsDir() {
			return Maildir{}, fmt.Errorf("%s is no Maildir: it has no directory %q", dir, sub)
		}
	}
	return Maildir{dir}, nil
}

// Collect hands over each new mail, and moves it to those that were seen when it has been dealt with; so a mail can be handed over
// more than once, and none is missed. One that can't be dealt with now stays, and does not hold up the others. The error joins
// what went wrong.
func (m Maildir) Collect(ctx context.Context, to Receiver) error {
	entries, err := os.ReadDir(filepath.Join(m.dir, "new"))
	if err != nil {
		return fmt.Errorf("mailbox: %w", err)
	}
	var faults []error
	for _, e := range entries {
		if err := ctx.Err(); err != nil {
			return err
		}
		if e.Type().IsRegular() && !strings.HasPrefix(e.Name(), ".") {
			if err := m.take(ctx, e.Name(), to); err != nil && !errors.Is(err, fs.ErrNotExist) {
				faults = append(faults, fmt.Errorf("mailbox: %w", err))
			}
		}
	}
	return errors.Join(faults...)
}

func (m Maildir) take(ctx context.Context, name string, to Receiver) error {
	f, err := os.Open(filepath.Join(m.dir, "new", name))
	if err != nil {
		return err
	}
	defer f.Close()
	if err := to.Receive(ctx, f, Envelope{}); err != nil {
		return err
	}
	seen := name
	if !strings.Contains(name, ":") {
		seen += ":2,S"
	}
	return os.Rename(filepath.Join(m.dir, "new", name), filepath.Join(m.dir, "cur", seen))
}
