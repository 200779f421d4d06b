package seal_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"go.etcd.io/bbolt"

	"silta/consult"
	"silta/consult/seal"
)

func openFile(t *testing.T) *bbolt.DB {
	t.Helper()
	db, err := bbolt.Open(filepath.Join(t.TempDir(), "keys.db"), 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func create(t *testing.T) (*seal.Keyring, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "master.json")
	keys, err := seal.CreateMaster(path)
	if err != nil {
		t.Fatal(err)
	}
	return keys, path
}

func newKey(t *testing.T, db *bbolt.DB, keys *seal.Keyring, kind consult.SubjectKind, id string) *seal.Key {
	t.Helper()
	key, sealed, err := keys.NewKey(kind, id)
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		return errors.Join(keys.Start(tx), keys.Store(tx, kind, id, sealed))
	})
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func key(db *bbolt.DB, keys *seal.Keyring, kind consult.SubjectKind, id string) (key *seal.Key, err error) {
	err = db.View(func(tx *bbolt.Tx) error {
		key, err = keys.Key(tx, kind, id)
		return err
	})
	return key, err
}

func TestMasterFile(t *testing.T) {
	_, path := create(t)
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("mode %o", info.Mode().Perm())
	}
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := seal.CreateMaster(path); !errors.Is(err, fs.ErrExist) {
		t.Errorf("a second creation: %v", err)
	}
	if after, _ := os.ReadFile(path); !bytes.Equal(before, after) {
		t.Error("the master key was overwritten")
	}
	if _, err := seal.LoadMaster(path + ".none"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file that is missing: %v", err)
	}
	secret := string(before[len(before)/2:])
	if err := os.WriteFile(path, []byte(secret), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := seal.LoadMaster(path); err == nil || strings.Contains(err.Error(), secret) {
		t.Errorf("a file that is no keyset: %v", err)
	}
}

func TestSealedOpensInItsPlaceOnly(t *testing.T) {
	db := openFile(t)
	keys, master := create(t)
	k := newKey(t, db, keys, consult.KindConsultation, "a")
	plain := []byte("nukkuu huonosti")
	sealed := k.Seal([]byte("head"), 3, seal.ForEvent, plain)
	if !bytes.HasPrefix(sealed, []byte("head")) || bytes.Contains(sealed, plain) || len(sealed) != 4+len(plain)+k.Overhead() {
		t.Errorf("sealed: %q", sealed)
	}
	sealed = sealed[4:]

	loaded, err := seal.LoadMaster(master)
	if err != nil {
		t.Fatal(err)
	}
	again, err := key(db, loaded, consult.KindConsultation, "a")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := again.Open(3, seal.ForEvent, sealed); err != nil || !bytes.Equal(got, plain) {
		t.Errorf("opened %q, %v", got, err)
	}
	other := newKey(t, db, keys, consult.KindConsultation, "b")
	flipped := bytes.Clone(sealed)
	flipped[len(flipped)/2] ^= 1
	for name, open := range map[string]func() ([]byte, error){
		"revision": func() ([]byte, error) { return k.Open(4, seal.ForEvent, sealed) },
		"purpose":  func() ([]byte, error) { return k.Open(3, seal.ForDocument, sealed) },
		"subject":  func() ([]byte, error) { return other.Open(3, seal.ForEvent, sealed) },
		"damage":   func() ([]byte, error) { return k.Open(3, seal.ForEvent, flipped) },
		"nothing":  func() ([]byte, error) { return k.Open(3, seal.ForEvent, nil) },
	} {
		if got, err := open(); !errors.Is(err, seal.ErrSealed) {
			t.Errorf("another %s: opened %q, %v", name, got, err)
		}
	}
}

func TestKeysOfOthersDoNotOpen(t *testing.T) {
	db := openFile(t)
	keys, _ := create(t)
	_, sealed, err := keys.NewKey(consult.KindPerson, "a")
	if err != nil {
		t.Fatal(err)
	}
	newKey(t, db, keys, consult.KindPerson, "a")
	// A sealed key that is moved to another subject is not that subject's key.
	if err := db.Update(func(tx *bbolt.Tx) error { return keys.Store(tx, consult.KindPerson, "b", sealed) }); err != nil {
		t.Fatal(err)
	}
	if _, err := key(db, keys, consult.KindPerson, "b"); !errors.Is(err, seal.ErrMaster) {
		t.Errorf("moved key: %v", err)
	}
	if _, err := key(db, keys, consult.KindPerson, "c"); !errors.Is(err, seal.ErrNoKey) {
		t.Errorf("no key: %v", err)
	}
	stranger, _ := create(t)
	if _, err := key(db, stranger, consult.KindPerson, "a"); !errors.Is(err, seal.ErrMaster) {
		t.Errorf("another master: %v", err)
	}
	if err := db.Update(stranger.Start); !errors.Is(err, seal.ErrMaster) {
		t.Errorf("start with another master: %v", err)
	}
	if err := db.Update(keys.Start); err != nil {
		t.Errorf("start again: %v", err)
	}
}

func TestDestroy(t *testing.T) {
	db := openFile(t)
	keys, _ := create(t)
	newKey(t, db, keys, consult.KindPerson, "a")
	newKey(t, db, keys, consult.KindPerson, "b")
	destroy := func(id string) error {
		return db.Update(func(tx *bbolt.Tx) error { return keys.Destroy(tx, consult.KindPerson, id) })
	}
	if err := destroy("a"); err != nil {
		t.Fatal(err)
	}
	if _, err := key(db, keys, consult.KindPerson, "a"); !errors.Is(err, seal.ErrErased) {
		t.Errorf("destroyed key: %v", err)
	}
	if _, err := key(db, keys, consult.KindPerson, "b"); err != nil {
		t.Errorf("the other key: %v", err)
	}
	if err := destroy("c"); !errors.Is(err, seal.ErrNoKey) {
		t.Errorf("destroy what is not there: %v", err)
	}
}

// A keyset with a new primary key still opens what the old one sealed.
func TestRotatedMaster(t *testing.T) {
	db := openFile(t)
	keys, path := create(t)
	newKey(t, db, keys, consult.KindPerson, "a")

	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	h, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(data)))
	if err != nil {
		t.Fatal(err)
	}
	m := keyset.NewManagerFromHandle(h)
	id, err := m.Add(aead.AES256GCMKeyTemplate())
	if err != nil {
		t.Fatal(err)
	}
	if err := m.SetPrimary(id); err != nil {
		t.Fatal(err)
	}
	if h, err = m.Handle(); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := insecurecleartextkeyset.Write(h, keyset.NewJSONWriter(&b)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	rotated, err := seal.LoadMaster(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Update(rotated.Start); err != nil {
		t.Error(err)
	}
	if _, err := key(db, rotated, consult.KindPerson, "a"); err != nil {
		t.Error(err)
	}
	newKey(t, db, rotated, consult.KindPerson, "b")
	if _, err := key(db, keys, consult.KindPerson, "b"); !errors.Is(err, seal.ErrMaster) {
		t.Errorf("the new key does not seal: %v", err)
	}
}

func BenchmarkKey(b *testing.B) {
	keys, err := seal.CreateMaster(filepath.Join(b.TempDir(), "master.json"))
	if err != nil {
		b.Fatal(err)
	}
	db, err := bbolt.Open(filepath.Join(b.TempDir(), "keys.db"), 0o600, nil)
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	_, sealed, err := keys.NewKey(consult.KindPerson, "a")
	if err != nil {
		b.Fatal(err)
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		return errors.Join(keys.Start(tx), keys.Store(tx, consult.KindPerson, "a", sealed))
	})
	if err != nil {
		b.Fatal(err)
	}
	err = db.View(func(tx *bbolt.Tx) error {
		for b.Loop() {
			if _, err := keys.Key(tx, consult.KindPerson, "a"); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
}
