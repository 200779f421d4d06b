package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/google/uuid"

	"silta/consult"
	"silta/consult/journal"
	"silta/consult/seal"
	"silta/consult/view"
	"silta/routing"
)

// Files of a data directory. All of them are for the owner's eyes only.
const (
	journalFile  = "silta.db"
	masterFile   = "master.key"
	sessionsFile = "sessions.db"
	readerFile   = "nats-reader.password"
	natsDir      = "nats"
	controlFile  = "control.sock"
)

// store is the data of a directory with the service on it: what the server and the commands that work on a directory share.
type store struct {
	journal *journal.Journal
	view    *view.View
	book    *routing.Book
	service *consult.Service
	clock   *clock
}

// journaled is the journal's and the view's side of one store, for those who need both.
type journaled struct {
	*journal.Journal
	*view.View
}

// openStore opens a data directory, a new one with these rules as version 1. clock's zone becomes that of the rules in force.
func openStore(ctx context.Context, dir string, rules func() ([]byte, error), life consult.Lifetimes, bases []consult.Basis) (_ *store, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("data directory: %w", err)
	}
	keys, err := openKeys(dir)
	if err != nil {
		return nil, err
	}
	s := &store{view: view.New(keys, view.Options{}), clock: newClock(time.UTC)}
	if s.journal, err = journal.Open(filepath.Join(dir, journalFile), keys, s.view, journal.Options{}); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.journal.Close())
		}
	}()
	s.book = routing.NewBook(func(version uint64) ([]byte, error) {
		p, err := s.view.Rules(version)
		return []byte(p.Document), err
	}, nil)
	s.service = consult.NewService(s.journal, s.view, s.book, consult.Config{
		Now: s.clock.Now, NewID: func() string { return uuid.Must(uuid.NewV7()).String() }, Bases: bases, Life: life,
	})
	return s, s.openRules(ctx, rules)
}

// openRules puts the newest version of the rules in force, or makes a new directory's first.
func (s *store) openRules(ctx context.Context, first func() ([]byte, error)) error {
	version, err := s.journal.Subject(consult.KindRules, consult.RulesID)
	if err != nil {
		return err
	}
	var document []byte
	if version == 0 {
		if document, err = first(); err != nil {
			return err
		}
		if version, err = s.service.PublishRules(ctx, consult.System, string(document), "", 0); err != nil {
			return err
		}
	} else {
		p, err := s.view.Rules(version)
		if err != nil {
			return err
		}
		document = []byte(p.Document)
	}
	if err := s.book.Publish(version, document); err != nil {
		return err
	}
	s.clock.zone = s.book.Rules().Document().Timezone
	return nil
}

// openKeys opens the master key. A new one is made only where there is nothing yet that an old one has sealed.
func openKeys(dir string) (*seal.Keyring, error) {
	path := filepath.Join(dir, masterFile)
	keys, err := seal.LoadMaster(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return keys, err
	}
	if _, err := os.Stat(filepath.Join(dir, journalFile)); err == nil {
		return nil, fmt.Errorf("%s is missing: without it the journal beside it cannot be read; put it back from where it is kept", path)
	}
	return seal.CreateMaster(path)
}
