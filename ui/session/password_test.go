package session_test

import (
	"context"
	"strings"
	"sync"
	"testing"

	"silta/ui/session"
)

func TestPasswords(t *testing.T) {
	p, err := session.NewPasswords(func() {})
	if err != nil {
		t.Fatal(err)
	}
	hash, err := session.HashPassword("sanasala ja ääkkösiä")
	if err != nil || !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Fatalf("%s, %v", hash, err)
	}
	for _, tc := range []struct {
		password, hash string
		right          bool
	}{
		{"sanasala ja ääkkösiä", hash, true}, {"sanasala ja ääkkösia", hash, false}, {"", hash, false}, {"", "", false},
		{"sanasala ja ääkkösiä", "", false}, {strings.Repeat("x", 100_000), hash, false},
	} {
		if right, err := p.Check(t.Context(), tc.password, tc.hash); right != tc.right || err != nil {
			t.Errorf("%.30q: %v, %v", tc.password, right, err)
		}
	}
	if _, err := p.Check(t.Context(), "x", "no hash"); err == nil {
		t.Error("a hash that is none is no error")
	}
	for _, bad := range []string{"", strings.Repeat("x", 1025)} {
		if _, err := session.HashPassword(bad); err == nil {
			t.Errorf("a password of %d bytes can be had", len(bad))
		}
	}
	// Many at once: each gets its turn, or gives up with its context.
	var all sync.WaitGroup
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	for i := range 16 {
		all.Go(func() {
			ctx := t.Context()
			if i%2 == 0 {
				ctx = gone
			}
			if right, err := p.Check(ctx, "sanasala ja ääkkösiä", hash); right != (err == nil) {
				t.Errorf("%v, %v", right, err)
			}
		})
	}
	all.Wait()
}
