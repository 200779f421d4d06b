package provider_test

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"silta/ui/provider"
)

type way func(*http.Request) (*http.Response, error)

func (w way) RoundTrip(r *http.Request) (*http.Response, error) { return w(r) }

// TestOneLookForAll: a provider that does not answer keeps each who wants to sign in there waiting for one look, however many they are, and
// nobody who has gone.
func TestOneLookForAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var asked atomic.Int64
		p := provider.New(provider.Options{ID: "county", Issuer: "https://login.example.fi", Client: &http.Client{
			Transport: way(func(*http.Request) (*http.Response, error) {
				asked.Add(1)
				time.Sleep(10 * time.Second)
				return nil, errors.New("no answer")
			}),
		}})
		gone, leave := context.WithCancel(t.Context())
		began := time.Now()
		var all sync.WaitGroup
		all.Go(func() {
			if _, _, err := p.Start(gone, "/", false, began); !errors.Is(err, context.Canceled) || time.Since(began) > 0 {
				t.Errorf("who has gone: %v after %s", err, time.Since(began))
			}
		})
		for range 50 {
			all.Go(func() {
				if _, _, err := p.Start(t.Context(), "/", false, began); !errors.Is(err, provider.ErrDown) {
					t.Error(err)
				}
			})
		}
		synctest.Wait()
		leave()
		all.Wait()
		if waited := time.Since(began); waited > 10*time.Second || asked.Load() != 1 {
			t.Errorf("waited for %s, asked %d times", waited, asked.Load())
		}
		// The next one asks again.
		if _, _, err := p.Start(t.Context(), "/", false, began); !errors.Is(err, provider.ErrDown) || asked.Load() != 2 {
			t.Errorf("%v, asked %d times", err, asked.Load())
		}
	})
}
