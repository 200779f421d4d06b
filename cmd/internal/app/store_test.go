package app

import (
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"silta/consult/consulttest"
)

// TestOpenMasterKey: of a master key that everybody on the machine can read the log warns, and of one that its owner alone reads it does not.
func TestOpenMasterKey(t *testing.T) {
	c := settings(t, "")
	for _, mode := range []os.FileMode{0o600, 0o644} {
		log := new(consulttest.Log)
		a, err := New(Options{Config: c, Demo: &Demo{Empty: true}, Log: slog.New(slog.NewTextHandler(log, nil)), Stdout: io.Discard})
		if err != nil {
			t.Fatal(err)
		}
		if err := a.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := a.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
		if said := strings.Contains(log.String(), "can read the master key"); said != (mode == 0o644) {
			t.Errorf("%v: said: %v\n%s", mode, said, log)
		}
		if err := os.Chmod(filepath.Join(c.Data, masterFile), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
