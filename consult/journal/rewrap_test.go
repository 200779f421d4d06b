package journal

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"go.etcd.io/bbolt"

	"silta/consult/seal"
)

// TestRewrapBesideFailure: what a rotation has sealed again in a transaction that somebody else's failure undid is sealed again once more.
// Otherwise the key would be forgotten that alone opens it.
func TestRewrapBesideFailure(t *testing.T) {
	master := filepath.Join(t.TempDir(), "master.json")
	keys, err := seal.CreateMaster(master)
	if err != nil {
		t.Fatal(err)
	}
	j, err := Open(filepath.Join(t.TempDir(), "silta.db"), keys, nil, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close() })
	// The old key has sealed what the first transaction looks at, the new one all that is behind.
	add := func(prefix string) {
		ids := make([]string, rewrapTogether/4)
		for i := range ids {
			ids[i] = fmt.Sprintf("%s%04d", prefix, i)
		}
		for _, err := range together(t, j, func(string) context.Context { return t.Context() }, ids...) {
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	add("a")
	if err := errors.Join(seal.AddMaster(master), keys.Reload(master)); err != nil {
		t.Fatal(err)
	}
	add("b")
	add("c")

	letGo := hold(t, j)
	ended := make(chan error)
	go func() {
		_, err := j.Rewrap(t.Context())
		ended <- err
	}()
	queued(j, 1)
	fails := newRequest(t.Context())
	fails.change = func(*bbolt.Tx) error { return errGrown }
	j.queue.put(fails)
	letGo()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	if <-fails.done; !errors.Is(fails.err, errGrown) {
		t.Fatal(fails.err)
	}

	if n, err := seal.ForgetMasters(master); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	if err := keys.Reload(master); err != nil {
		t.Fatal(err)
	}
	if err := j.Verify(t.Context()); err != nil {
		t.Error(err)
	}
}
