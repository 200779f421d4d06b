package session

import (
	"crypto/rand"
	"encoding/binary"
	"net/http"
	"time"

	"go.etcd.io/bbolt"
)

// deviceLasts is how long a browser is known after the last sign-in on it.
const deviceLasts = 180 * 24 * time.Hour

var bucketDevices = []byte("devices")

// DeviceCookie is the name of the cookie by which a browser is known on which somebody has signed in before. It signs nobody in.
func DeviceCookie(secure bool) string {
	if secure {
		return "__Host-silta-device"
	}
	return "silta-device"
}

// Know records that a person has signed in on a browser, and returns the cookie for it: that of before, or a new one.
func (s *Store) Know(cookie *http.Cookie, person string, secure bool) (*http.Cookie, error) {
	secret := rand.Text()
	if cookie != nil && len(cookie.Value) == len(secret) {
		secret = cookie.Value
	}
	until := time.Now().Add(deviceLasts)
	err := s.db.Update(func(tx *bbolt.Tx) error {
		return tx.Bucket(bucketDevices).Put(key(secret+" "+person), binary.BigEndian.AppendUint64(nil, uint64(until.Unix())))
	})
	return &http.Cookie{ // #nosec G124 -- secure wherever the site is reached by https
		Name: DeviceCookie(secure), Value: secret, Path: "/", MaxAge: int(deviceLasts.Seconds()), HttpOnly: true, Secure: secure,
		SameSite: http.SameSiteStrictMode,
	}, err
}

// Known reports whether a person has signed in on a browser before.
func (s *Store) Known(cookie *http.Cookie, person string) (known bool, err error) {
	if cookie == nil {
		return false, nil
	}
	err = s.db.View(func(tx *bbolt.Tx) error {
		known = alive(tx.Bucket(bucketDevices).Get(key(cookie.Value+" "+person)), time.Now())
		return nil
	})
	return known, err
}
