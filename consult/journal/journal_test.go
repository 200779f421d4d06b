package journal_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"go.uber.org/goleak"

	"silta/consult/journal"
	"silta/consult/journal/ordertest"
	"silta/consult/seal"
	"silta/consult/view"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestOrder(t *testing.T) {
	for name, withView := range map[string]bool{"with a view": true, "bare": false} {
		t.Run(name, func(t *testing.T) {
			ordertest.Run(t, func(t *testing.T, dir string) ordertest.Journal {
				return openIn(t, dir, withView)
			})
		})
	}
}

func openIn(t testing.TB, dir string, withView bool) *journal.Journal {
	t.Helper()
	master := filepath.Join(dir, "master.json")
	keys, err := seal.LoadMaster(master)
	if errors.Is(err, os.ErrNotExist) {
		keys, err = seal.CreateMaster(master)
	}
	if err != nil {
		t.Fatal(err)
	}
	var p journal.Projection
	if withView {
		p = view.New(keys, view.Options{})
	}
	j, err := journal.Open(filepath.Join(dir, "silta.db"), keys, p, journal.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return j
}
