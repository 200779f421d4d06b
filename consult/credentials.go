package consult

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
)

// Credentials are what a person can show to be who they are. All of it is sealed at rest with the rest of the record, and is changed
// by the person alone or by the program on their behalf, never by an administrator.
type Credentials struct {
	// PasswordHash is an argon2id hash in its standard text form; "" where the person can't sign in by password.
	PasswordHash string `json:"password_hash,omitempty"`
}

// Stamp names the state of what a session was begun with. Once it is another one, the session is over: the person has another
// password, or was disabled meanwhile. It tells nothing of what it is made of.
func (p Person) Stamp() string {
	sum := sha256.Sum256([]byte(strconv.Itoa(p.Epoch) + " " + p.PasswordHash))
	return hex.EncodeToString(sum[:8])
}
