package mail

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"strings"

	"silta/consult"
)

// Tokens name mails so that nobody who has not seen one can name it: the delivery's id and a code that only this program can make. They
// stand in return paths and message ids. What comes back with a valid one is about that mail; everything else may be forged.
type Tokens struct{ key []byte }

// NewTokens makes tokens of a secret key, which must stay the same as long as mails can come back.
func NewTokens(key []byte) Tokens { return Tokens{key} }

// codeLen is how many characters of 5 bits the code has: a return path's local part has room for 64 characters in all.
const codeLen = 12

var codeEncoding = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// Sign returns a delivery's token.
func (t Tokens) Sign(delivery string) string { return delivery + "." + t.code(delivery) }

func (t Tokens) code(delivery string) string {
	mac := hmac.New(sha256.New, t.key)
	mac.Write([]byte("silta mail " + delivery))
	return codeEncoding.EncodeToString(mac.Sum(nil))[:codeLen]
}

// Verify returns the delivery of a return path or a message id, and whether its token is valid. What others have written around the
// token (such as SRS and PRVS) is left out, and case does not matter.
func (t Tokens) Verify(address string) (delivery string, ok bool) {
	local := address
	if at := strings.LastIndexByte(address, '@'); at >= 0 {
		local = address[:at]
	}
	local = strings.ToLower(local[strings.LastIndexByte(local, '+')+1:])
	delivery, code, ok := strings.Cut(local, ".")
	if !ok || !consult.ValidID(delivery) || !hmac.Equal([]byte(code), []byte(t.code(delivery))) {
		return "", false
	}
	return delivery, true
}

// returnPath is the address of a mail's bounces.
func (t Tokens) returnPath(delivery, domain string) string {
	return "bounce+" + t.Sign(delivery) + "@" + domain
}

// minKey is the shortest key that is no mistake, in bytes.
const minKey = 16

func (t Tokens) valid() bool { return len(t.key) >= minKey }
