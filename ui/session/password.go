package session

import (
	"context"
	"crypto/rand"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"
	"golang.org/x/text/unicode/norm"

	"silta/consult"
)

// maxPassword bounds what is hashed, in bytes.
const maxPassword = 1024

// MinPassword is the least length of a password that somebody chooses, in characters: that of NIST SP 800-63B for a password that is
// alone. Which characters they are is up to them.
const MinPassword = 15

// Weak returns why a password is not to be chosen, as the code of a field's fault, or "". The words are those that stand for the person:
// names, addresses.
func Weak(password string, words ...string) string {
	chars := []rune(strings.ToLower(norm.NFC.String(password)))
	switch {
	case len(chars) < MinPassword:
		return "password-short"
	case len(password) > maxPassword:
		return "password-long"
	case len(ownChars(chars, words)) < minOwn:
		return "password-guessable"
	case len(ownChars(withoutCommon(chars), words)) < minOwn:
		return "password-common"
	}
	return ""
}

// Refuse returns why a person is not to have a password, as a fault of a field, or nil. The host is that under which people know the place.
func Refuse(password string, p consult.Person, host, field string) error {
	code := Weak(password, p.ID, p.Name, p.Email, host)
	if code == "" {
		return nil
	}
	return &consult.Error{Kind: consult.Invalid, Key: "invalid", Fields: []consult.FieldError{
		{Pointer: field, Code: code, Args: map[string]any{"min": MinPassword}},
	}}
}

// minOwn is how many characters of a password must be more than somebody's name, a word of the place, or a row of keys.
const minOwn = 8

// placeWords are what people at Silta think of first.
var placeWords = []string{"salasana", "password", "lösenord", "silta", "konsultaatio", "hyvinvointialue", "tervetuloa", "welcome", "välkommen"}

// rows are what fingers type by themselves.
var rows = []string{"1234567890", "qwertyuiopå", "asdfghjklöä", "zxcvbnm", "abcdefghijklmnopqrstuvwxyzåäö"}

// ownChars leaves of a password what is not easily guessed: no words that stand for the person or the place, no rows of keys, no
// repetitions.
func ownChars(chars []rune, words []string) []rune {
	text := string(chars)
	for _, w := range slices.Concat(words, placeWords) {
		for part := range strings.FieldsFuncSeq(strings.ToLower(norm.NFC.String(w)), notInWords) {
			if utf8.RuneCountInString(part) >= 4 {
				text = strings.ReplaceAll(text, part, "")
			}
		}
	}
	var own []rune
	seen := map[string]bool{}
	left := []rune(text)
	for i, r := range left {
		if i >= 2 {
			three := string(left[i-2 : i+1])
			inRow := slices.ContainsFunc(rows, func(row string) bool {
				return strings.Contains(row, three) || strings.Contains(row, reversed(three))
			})
			if inRow || seen[three] || left[i-1] == r && left[i-2] == r {
				continue
			}
			seen[three] = true
		}
		own = append(own, r)
	}
	return own
}

func notInWords(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }

func reversed(s string) string {
	r := []rune(s)
	slices.Reverse(r)
	return string(r)
}

// passwordParams are those that OWASP's Password Storage Cheat Sheet recommends for argon2id where memory is shared by many sign-ins.
var passwordParams = &argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// HashPassword returns the argon2id hash of a password in its standard text form.
func HashPassword(password string) (string, error) {
	if password == "" || len(password) > maxPassword {
		return "", fmt.Errorf("a password has 1 to %d bytes", maxPassword)
	}
	return argon2id.CreateHash(norm.NFC.String(password), passwordParams)
}

// Passwords checks passwords: as many at once as there are processors, the others wait.
type Passwords struct {
	slots chan struct{}
	// dummy is compared with where there is no hash, so that a name that nobody has takes as long as any other.
	dummy string
	// hashed hears of each password that was hashed.
	hashed func()
}

// NewPasswords returns a checker. Hashed is called after each time that a password was hashed, which is what checking costs.
func NewPasswords(hashed func()) (*Passwords, error) {
	dummy, err := HashPassword(rand.Text())
	if err != nil {
		return nil, err
	}
	return &Passwords{make(chan struct{}, runtime.GOMAXPROCS(0)), dummy, hashed}, nil
}

// Hash returns the hash of a password, when it is its turn.
func (p *Passwords) Hash(ctx context.Context, password string) (string, error) {
	if err := p.turn(ctx); err != nil {
		return "", err
	}
	defer p.leave()
	defer p.hashed()
	return HashPassword(password)
}

func (p *Passwords) turn(ctx context.Context) error {
	select {
	case p.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (p *Passwords) leave() { <-p.slots }

// Check reports whether the password has the hash. Without a hash it is wrong, at the same cost. The error is the context's,
// or that of a hash that is none.
func (p *Passwords) Check(ctx context.Context, password, hash string) (bool, error) {
	if err := p.turn(ctx); err != nil {
		return false, err
	}
	defer p.leave()
	known := hash != "" && len(password) <= maxPassword
	if !known {
		hash, password = p.dummy, password[:min(len(password), maxPassword)]
	}
	match, err := argon2id.ComparePasswordAndHash(norm.NFC.String(password), hash)
	if err != nil {
		return false, fmt.Errorf("check a password: %w", err)
	}
	p.hashed()
	return match && known, nil
}
