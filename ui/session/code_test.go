package session

import (
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestCodes holds codes against the vectors of RFC 6238, appendix B, cut to six digits.
func TestCodes(t *testing.T) {
	secret := []byte("12345678901234567890")
	for at, want := range map[int64]string{
		59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037", 20000000000: "353130",
	} {
		if got := CodeAt(secret, time.Unix(at, 0)); got != want {
			t.Errorf("at %d: %s, want %s", at, got, want)
		}
	}
	if got := CodeURL(secret, "Silta", "nurse"); got != "otpauth://totp/Silta:nurse?issuer=Silta&secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ" {
		t.Error(got)
	}
}

func TestCodesAreGoodOnce(t *testing.T) {
	s, err := Open(filepath.Join(t.TempDir(), "sessions.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	secret, other := NewCodeSecret(), NewCodeSecret()
	now := time.Unix(1_800_000_015, 0)
	check := func(who string, secret []byte, code string, at time.Time, want bool) {
		t.Helper()
		if got, err := s.CheckCode(who, secret, code, at); got != want || err != nil {
			t.Errorf("%s at %v: %v, %v", code, at.Sub(now), got, err)
		}
	}
	present, next := CodeAt(secret, now), CodeAt(secret, now.Add(codeStep))
	check("nurse", secret, "000000x", now, false)
	check("nurse", secret, "", now, false)
	check("nurse", other, present, now, false)
	check("nurse", secret, present[:3]+" "+present[3:], now, true)
	check("nurse", secret, present, now, false)
	check("nurse", secret, CodeAt(secret, now.Add(-codeStep)), now, false) // Older than what was used.
	check("nurse", secret, next, now, true)                                // The other clock is ahead.
	check("nurse", secret, next, now.Add(codeStep), false)
	check("midwife", secret, present, now, true)
	check("nurse", secret, CodeAt(secret, now.Add(2*codeStep)), now, false)
	check("nurse", secret, CodeAt(secret, now.Add(2*codeStep)), now.Add(4*codeStep), false)
}

// TestRecoveryCodes: each is another one, of 24 characters with five bits each, whatever people add to it or leave out.
func TestRecoveryCodes(t *testing.T) {
	codes := NewRecoveryCodes()
	seen := map[string]bool{}
	for _, c := range codes {
		if seen[c] || RecoveryCode(strings.ToUpper(c)+" ") != strings.ReplaceAll(c, "-", "") || len(RecoveryCode(c)) != 24 {
			t.Errorf("%q", c)
		}
		seen[c] = true
	}
}

func TestWeakPasswords(t *testing.T) {
	for password, want := range map[string]string{
		"neljä sanaa ilman väliä": "", "q7!Lm2#vT9$xR4@": "", "korvatunturi ja kaksi poroa": "", "lyhyt mutta ok": "password-short",
		"aaaaaaaaaaaaaaaaaaaa": "password-guessable", "123456789012345678": "password-guessable", "qwertyuiopasdfghjkl": "password-guessable",
		"noora nurmi 2026!": "password-guessable", "salasanasalasana1": "password-guessable", "abcabcabcabcabcabc": "password-guessable",
		"lkjhgfdsapoiuytrewq": "password-guessable", "": "password-short", strings.Repeat("ab1c", 300): "password-long",
		"tervetuloa siltaan": "password-guessable", "äö äö äö äö äö äö": "password-guessable",
		"noora.nurmi@silta.example": "password-guessable", "nurmi-tampere-noora": "password-guessable",
		// What many have, alone, twice, or with a little around it; but words of a phrase may be among them.
		"polniypizdec110211": "password-common", "Lytdybrbdfvgbhf": "password-common", "iloveyou iloveyou": "password-common",
		"!!princess2026!!": "password-common", "sunshine sunshine!": "password-common", "sunshine dragon football": "",
		"princess ja herne patjan alla": "",
	} {
		if got := Weak(password, "nurse", "Noora Nurmi", "nurmi@tampere.example"); got != want {
			t.Errorf("%q: %q, want %q", password, got, want)
		}
	}
}

func TestDevices(t *testing.T) {
	s, err := Open(filepath.Join(t.TempDir(), "sessions.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	c, err := s.Know(nil, "nurse", true)
	if err != nil || !c.HttpOnly || !c.Secure || c.Name != "__Host-silta-device" {
		t.Fatalf("%v, %v", c, err)
	}
	again, err := s.Know(c, "midwife", true)
	if err != nil || again.Value != c.Value {
		t.Errorf("a second person on the browser: %v, %v", again, err)
	}
	for who, want := range map[string]bool{"nurse": true, "midwife": true, "admin": false} {
		if got, err := s.Known(c, who); got != want || err != nil {
			t.Errorf("%s: %v, %v", who, got, err)
		}
	}
	if known, _ := s.Known(nil, "nurse"); known {
		t.Error("no cookie is known")
	}
	if planted, err := s.Know(&http.Cookie{Value: "planted"}, "nurse", true); err != nil || planted.Value == "planted" {
		t.Errorf("a cookie that is none of ours is kept: %v", planted)
	}
}
