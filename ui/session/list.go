package session

import (
	"bytes"
	"context"
	"encoding/base64"
	"slices"
	"time"

	"go.etcd.io/bbolt"
)

// Session is one of a person's sessions, as its owner sees it.
type Session struct {
	// ID names it among the person's; nobody can sign in with it.
	ID      string
	Method  Method
	Browser Browser
	Began   time.Time
	// Used is when it was used last, to within a minute or two.
	Used time.Time
	// Here: it is the session of the request itself.
	Here bool
}

// List returns a person's sessions that last, the one used last first.
func (m *Manager) List(ctx context.Context, person string) ([]Session, error) {
	var list []Session
	here := key(m.scs.Token(ctx))
	err := m.store.each(func(k, data []byte, expiry time.Time) error {
		_, values, err := m.scs.Codec.Decode(data)
		if err != nil || text(values, keyPerson) != person {
			return nil // What cannot be read is nobody's session.
		}
		began, _ := time.Parse(time.RFC3339, text(values, keyBegan))
		list = append(list, Session{
			ID: sessionID(k), Method: Method(text(values, keyMethod)), Browser: Browser(text(values, keyBrowser)),
			Began: began, Used: latest(began, expiry.Add(-m.scs.IdleTimeout)), Here: bytes.Equal(k, here),
		})
		return nil
	})
	slices.SortFunc(list, func(a, b Session) int { return b.Used.Compare(a.Used) })
	return list, err
}

// End ends one of a person's sessions, and reports whether there was one of that id.
func (m *Manager) End(person, id string) (bool, error) {
	return m.end(func(k []byte, values map[string]any) bool {
		return text(values, keyPerson) == person && sessionID(k) == id
	})
}

// EndOthers ends all of a person's sessions but that of the context.
func (m *Manager) EndOthers(ctx context.Context, person string) error {
	here := key(m.scs.Token(ctx))
	_, err := m.end(func(k []byte, values map[string]any) bool {
		return text(values, keyPerson) == person && !bytes.Equal(k, here)
	})
	return err
}

func (m *Manager) end(which func(k []byte, values map[string]any) bool) (bool, error) {
	var keys [][]byte
	err := m.store.each(func(k, data []byte, _ time.Time) error {
		if _, values, err := m.scs.Codec.Decode(data); err == nil && which(k, values) {
			keys = append(keys, bytes.Clone(k))
		}
		return nil
	})
	if err != nil || len(keys) == 0 {
		return false, err
	}
	if err := m.store.end(keys...); err != nil {
		return false, err
	}
	m.ends.Ring()
	return true, nil
}

// Unended returns a context that ends when somebody's sessions were ended: who shows something over a long time looks then whether the
// reader is still signed in.
func (m *Manager) Unended() context.Context { return m.ends.Unrung() }

func sessionID(k []byte) string { return base64.RawURLEncoding.EncodeToString(k[:9]) }

func text(values map[string]any, key string) string {
	s, _ := values[key].(string)
	return s
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// each calls do for every session that lasts. The slices are valid within the call only.
func (s *Store) each(do func(k, data []byte, expiry time.Time) error) error {
	now := time.Now()
	return s.db.View(func(tx *bbolt.Tx) error {
		return tx.Bucket(bucket).ForEach(func(k, v []byte) error {
			if !alive(v, now) || deleted(v) {
				return nil
			}
			return do(k, v[expirySize:], expiryOf(v))
		})
	})
}

// end ends sessions for good.
func (s *Store) end(keys ...[]byte) error {
	return s.db.Update(func(tx *bbolt.Tx) error {
		b := tx.Bucket(bucket)
		for _, k := range keys {
			v := b.Get(k)
			if len(v) <= expirySize {
				continue
			}
			if err := b.Put(k, bytes.Clone(v[:expirySize])); err != nil {
				return err
			}
		}
		return nil
	})
}
