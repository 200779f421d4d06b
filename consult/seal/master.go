package seal

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
)

// CreateMaster makes a new master key, writes it to a file that only its owner can read, and returns the keyring that it
// opens. A file that exists already is never overwritten: the error is then one of [os.ErrExist].
//
// The file is a Tink keyset in JSON. It may hold several keys: the primary one seals, all of them open, so that a key can be
// replaced while the old one is still needed. Whoever loses the file has lost all that was sealed.
func CreateMaster(path string) (*Keyring, error) {
	h, err := keyset.NewHandle(aead.AES256GCMKeyTemplate())
	if err != nil {
		return nil, fmt.Errorf("master key: %w", err)
	}
	var b bytes.Buffer
	if err := insecurecleartextkeyset.Write(h, keyset.NewJSONWriter(&b)); err != nil {
		return nil, fmt.Errorf("master key: %w", err)
	}
	if err := writeNew(path, b.Bytes()); err != nil {
		return nil, fmt.Errorf("master key: %w", err)
	}
	return newKeyring(h)
}

// LoadMaster returns the keyring that the master key in a file opens. Without the file the error is one of [os.ErrNotExist].
func LoadMaster(path string) (*Keyring, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("master key: %w", err)
	}
	keys, err := ReadMaster(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return keys, nil
}

// ReadMaster returns the keyring that a master key opens, given what stands in its file.
func ReadMaster(data []byte) (*Keyring, error) {
	h, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(data)))
	if err != nil {
		// The reader's own error may quote the file.
		return nil, errors.New("master key: it is no keyset")
	}
	return newKeyring(h)
}

// SaveMaster writes a master key that was read from elsewhere to a new file.
func SaveMaster(path string, data []byte) error {
	if _, err := ReadMaster(data); err != nil {
		return err
	}
	if err := writeNew(path, data); err != nil {
		return fmt.Errorf("master key: %w", err)
	}
	return nil
}

func newKeyring(h *keyset.Handle) (*Keyring, error) {
	keys, err := newMasterKeys(h)
	if err != nil {
		return nil, err
	}
	r := new(Keyring)
	r.present.Store(keys)
	return r, nil
}

// writeNew writes a new file and returns when it is on disk: data that is sealed with a key that a power cut takes away
// would be lost.
func writeNew(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
