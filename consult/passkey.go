package consult

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"time"
)

// Passkey is a key pair that signs a person in. Its private half is on devices of theirs, which use it only for whoever has shown them a
// finger, a face or a PIN: it stands for a password and a one-time code together.
type Passkey struct {
	// ID is the authenticator's name of it, PublicKey the half that is known here, in the form of COSE.
	ID        []byte `json:"id"`
	PublicKey []byte `json:"public_key"`
	// Handle is what the authenticator knows the person by: random, for it tells nobody who that is.
	Handle []byte `json:"handle"`
	// Name is what the person calls it.
	Name    string    `json:"name"`
	Created time.Time `json:"created"`
	// Counter is how often the authenticator had signed by then; 0 for most, which do not count.
	Counter uint32 `json:"counter,omitempty"`
	// Synced: it can be copied to other devices of the person's, and may be.
	Synced bool `json:"synced,omitempty"`
	// Transports are the ways to reach the authenticator, in the words of the standard.
	Transports []string `json:"transports,omitempty"`
}

// MaxPasskeys is how many passkeys a person can have.
const MaxPasskeys = 20

// handleSize is the length of a handle, in bytes.
const handleSize = 32

// Short names the passkey in lists.
func (k Passkey) Short() string {
	sum := sha256.Sum256(k.ID)
	return hex.EncodeToString(sum[:shortToken/2])
}

// PasskeyHandle is what authenticators know the person by, or a new one where there is none yet.
func (c Credentials) PasskeyHandle() []byte {
	if len(c.Passkeys) > 0 {
		return c.Passkeys[0].Handle
	}
	handle := make([]byte, handleSize)
	_, _ = rand.Read(handle) // It never fails.
	return handle
}

// AddPasskey adds a passkey. Errors: [Invalid] for its name, [Conflict] where there are too many, or it is there already.
func (c *Credentials) AddPasskey(k Passkey) error {
	var f faults
	f.text("/passkey_name", k.Name, MaxName, true)
	if err := f.err(); err != nil {
		return err
	}
	if len(c.Passkeys) >= MaxPasskeys {
		return Fail(Conflict, "conflict.passkeys-full", "max", MaxPasskeys)
	}
	if slices.ContainsFunc(c.Passkeys, func(o Passkey) bool { return bytes.Equal(o.ID, k.ID) }) {
		return Fail(Conflict, "conflict.passkey-known")
	}
	c.Passkeys = append(slices.Clone(c.Passkeys), k)
	return nil
}

// RemovePasskey takes the passkey of a short name away. Error: [NotFound].
func (c *Credentials) RemovePasskey(short string) error {
	left := slices.DeleteFunc(slices.Clone(c.Passkeys), func(k Passkey) bool { return k.Short() == short })
	if len(left) == len(c.Passkeys) {
		return Fail(NotFound, "not-found")
	}
	c.Passkeys = left
	return nil
}

// PasskeyOwner returns the person who has a passkey, and it. Error: [NotFound] for one that nobody has.
func (s *Service) PasskeyOwner(id []byte) (Person, Passkey, error) {
	people, err := s.view.People()
	if err != nil {
		return Person{}, Passkey{}, err
	}
	for _, p := range people {
		if i := slices.IndexFunc(p.Passkeys, func(k Passkey) bool { return bytes.Equal(k.ID, id) }); i >= 0 {
			return p, p.Passkeys[i], nil
		}
	}
	return Person{}, Passkey{}, Fail(NotFound, "not-found")
}
