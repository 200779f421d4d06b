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
	if err := writeKeyset(path, h); err != nil {
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
	h, err := readKeyset(data)
	if err != nil {
		return nil, fmt.Errorf("master key: %w", err)
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

// readKeyset reads what stands in the file of a master key. The reader's own errors are left out: they may quote the file.
func readKeyset(data []byte) (*keyset.Handle, error) {
	h, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(data)))
	if err != nil {
		return nil, errors.New("it is no keyset")
	}
	return h, nil
}

func writeKeyset(path string, h *keyset.Handle) error {
	var b bytes.Buffer
	if err := insecurecleartextkeyset.Write(h, keyset.NewJSONWriter(&b)); err != nil {
		return err
	}
	return writeNew(path, b.Bytes())
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
	return syncDir(path)
}

// syncDir makes the name of a file durable.
func syncDir(path string) error {
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
