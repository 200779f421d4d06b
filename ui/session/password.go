package session

import (
	"context"
	"crypto/rand"
	"fmt"
	"runtime"

	"github.com/alexedwards/argon2id"
)

// maxPassword bounds what is hashed, in bytes.
const maxPassword = 1024

// passwordParams are those that OWASP's Password Storage Cheat Sheet recommends for argon2id where memory is shared by many sign-ins.
var passwordParams = &argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// HashPassword returns the argon2id hash of a password in its standard text form.
func HashPassword(password string) (string, error) {
	if password == "" || len(password) > maxPassword {
		return "", fmt.Errorf("a password has 1 to %d bytes", maxPassword)
	}
	return argon2id.CreateHash(password, passwordParams)
}

// Passwords checks passwords: as many at once as there are processors, the others wait.
type Passwords struct {
	slots chan struct{}
	// dummy is compared with where there is no hash, so that a name that nobody has takes as long as any other.
	dummy string
}

// NewPasswords returns a checker.
func NewPasswords() (*Passwords, error) {
	dummy, err := HashPassword(rand.Text())
	if err != nil {
		return nil, err
	}
	return &Passwords{make(chan struct{}, runtime.GOMAXPROCS(0)), dummy}, nil
}

// Check reports whether the password has the hash. Without a hash it is wrong, at the same cost. The error is the context's,
// or that of a hash that is none.
func (p *Passwords) Check(ctx context.Context, password, hash string) (bool, error) {
	select {
	case p.slots <- struct{}{}:
		defer func() { <-p.slots }()
	case <-ctx.Done():
		return false, ctx.Err()
	}
	known := hash != "" && len(password) <= maxPassword
	if !known {
		hash, password = p.dummy, password[:min(len(password), maxPassword)]
	}
	match, err := argon2id.ComparePasswordAndHash(password, hash)
	if err != nil {
		return false, fmt.Errorf("check a password: %w", err)
	}
	return match && known, nil
}
