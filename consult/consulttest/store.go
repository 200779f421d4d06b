// Package consulttest is what the tests of several packages need: a real journal with its view, requests to fill them with, what a program
// under test logs, and the speed of the machine's disk.
package consulttest

import (
	"path/filepath"
	"testing"

	"silta/consult/journal"
	"silta/consult/seal"
	"silta/consult/view"
)

// Store is a journal with its view in a directory of the test.
type Store struct {
	Journal *journal.Journal
	View    *view.View
	Keys    *seal.Keyring
	// Path is the data file.
	Path string
}

// Open makes a new journal and view, and closes them when the test ends.
func Open(tb testing.TB) *Store {
	tb.Helper()
	dir := tb.TempDir()
	keys, err := seal.CreateMaster(filepath.Join(dir, "master.json"))
	if err != nil {
		tb.Fatal(err)
	}
	s := &Store{Keys: keys, Path: filepath.Join(dir, "silta.db")}
	s.open(tb, view.Options{})
	tb.Cleanup(func() {
		if err := s.Journal.Close(); err != nil {
			tb.Error(err)
		}
	})
	return s
}

// Reopen closes the store and opens it again, as a restart of the program does.
func (s *Store) Reopen(tb testing.TB, o view.Options) {
	tb.Helper()
	if err := s.Journal.Close(); err != nil {
		tb.Fatal(err)
	}
	s.open(tb, o)
}

// Bare closes the store and opens its journal without the view, until it is opened again.
func (s *Store) Bare(tb testing.TB) {
	tb.Helper()
	if err := s.Journal.Close(); err != nil {
		tb.Fatal(err)
	}
	var err error
	if s.Journal, err = journal.Open(s.Path, s.Keys, nil, journal.Options{}); err != nil {
		tb.Fatal(err)
	}
}

func (s *Store) open(tb testing.TB, o view.Options) {
	tb.Helper()
	s.View = view.New(s.Keys, o)
	var err error
	if s.Journal, err = journal.Open(s.Path, s.Keys, s.View, journal.Options{}); err != nil {
		tb.Fatal(err)
	}
}
