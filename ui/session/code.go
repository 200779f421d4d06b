package session

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1" // #nosec G505 -- RFC 6238 codes of HMAC-SHA-1 are what every authenticator app can do.
	"crypto/subtle"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"go.etcd.io/bbolt"
)

// One-time codes after RFC 6238 with what authenticator apps take for granted: HMAC-SHA-1, six digits, thirty seconds.
const (
	codeStep   = 30 * time.Second
	codeDigits = 6
	codeSecret = 20 // bytes
)

var bucketCodes = []byte("codes")

var base32Text = base32.StdEncoding.WithPadding(base32.NoPadding)

// NewCodeSecret returns a new secret for one-time codes.
func NewCodeSecret() []byte {
	secret := make([]byte, codeSecret)
	_, _ = rand.Read(secret) // It never fails.
	return secret
}

// CodeText is a secret as people type it.
func CodeText(secret []byte) string { return base32Text.EncodeToString(secret) }

// ReadCodeText reads what CodeText wrote.
func ReadCodeText(s string) ([]byte, error) { return base32Text.DecodeString(s) }

// CodeURL is the address that authenticator apps read a secret from.
func CodeURL(secret []byte, issuer, account string) string {
	u := url.URL{Scheme: "otpauth", Host: "totp", Path: "/" + issuer + ":" + account}
	u.RawQuery = strings.ReplaceAll(url.Values{"secret": {CodeText(secret)}, "issuer": {issuer}}.Encode(), "+", "%20")
	return u.String()
}

func codeAt(secret []byte, step uint64) string {
	mac := hmac.New(sha1.New, secret)
	mac.Write(binary.BigEndian.AppendUint64(nil, step))
	sum := mac.Sum(nil)
	offset := sum[len(sum)-1] & 0xf
	return fmt.Sprintf("%0*d", codeDigits, binary.BigEndian.Uint32(sum[offset:])&0x7fffffff%1_000_000)
}

// CodeAt returns the code of a moment.
func CodeAt(secret []byte, at time.Time) string {
	return codeAt(secret, uint64(at.Unix())/uint64(codeStep/time.Second))
}

// codeStepOf returns the step that a code is of: the present one, or one of those beside it, for clocks that are not quite right.
func codeStepOf(secret []byte, code string, now time.Time) (step uint64, ok bool) {
	present := uint64(now.Unix()) / uint64(codeStep/time.Second)
	for _, s := range []uint64{present, present - 1, present + 1} {
		if subtle.ConstantTimeCompare([]byte(codeAt(secret, s)), []byte(code)) == 1 {
			step, ok = s, true
		}
	}
	return step, ok
}

// CheckCode reports whether a code of a person is right and was not used before. It is used by that: no code is good twice, nor is one
// from before the last one.
func (s *Store) CheckCode(person string, secret []byte, code string, now time.Time) (right bool, err error) {
	step, ok := codeStepOf(secret, strings.ReplaceAll(code, " ", ""), now)
	if !ok {
		return false, nil
	}
	err = s.db.Update(func(tx *bbolt.Tx) error {
		b := tx.Bucket(bucketCodes)
		// A new secret starts a new count.
		k := key(person + " " + CodeText(secret))
		if v := b.Get(k); len(v) == 8 && binary.BigEndian.Uint64(v) >= step {
			right = false
			return nil
		}
		right = true
		return b.Put(k, binary.BigEndian.AppendUint64(nil, step))
	})
	return right && err == nil, err
}

// recoveryCodes is how many there are at first.
const recoveryCodes = 10

// NewRecoveryCodes returns codes that replace a one-time code, each once: 120 bits as people can write them down, so many that a plain hash
// of one gives nothing away.
func NewRecoveryCodes() []string {
	codes := make([]string, recoveryCodes)
	for i := range codes {
		var parts []string
		for part := range slices.Chunk([]byte(strings.ToLower(rand.Text()[:24])), 4) {
			parts = append(parts, string(part))
		}
		codes[i] = strings.Join(parts, "-")
	}
	return codes
}

// RecoveryCode is a recovery code without what people add to it or leave out.
func RecoveryCode(typed string) string {
	return strings.ToLower(strings.NewReplacer("-", "", " ", "").Replace(typed))
}

// KeepNewCodes keeps the secret of one-time codes until they are confirmed.
func (m *Manager) KeepNewCodes(ctx context.Context, secret string) {
	m.scs.Put(ctx, keyNewCodes, secret)
}

// NewCodes returns that secret, or "".
func (m *Manager) NewCodes(ctx context.Context) string { return m.scs.GetString(ctx, keyNewCodes) }

// ForgetNewCodes forgets it.
func (m *Manager) ForgetNewCodes(ctx context.Context) { m.scs.Remove(ctx, keyNewCodes) }
