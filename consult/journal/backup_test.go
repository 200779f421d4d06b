package journal_test

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"silta/consult"
	"silta/consult/consulttest"
	"silta/consult/journal"
	"silta/consult/view"
)

func TestBackupAndRestore(t *testing.T) {
	s := consulttest.Open(t)
	var ids []string
	for i := range 300 {
		e := consulttest.Submission{Number: i + 1}.Entry()
		if _, err := s.Journal.Append(t.Context(), e, 0); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, e.ID)
	}
	if err := s.Journal.Erase(t.Context(), consult.KindConsultation, ids[7]); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	head, err := s.Journal.Backup(&b)
	if err != nil || head.Position != 300 {
		t.Fatalf("%+v, %v", head, err)
	}
	path := filepath.Join(t.TempDir(), "silta.db")
	if got, err := journal.Restore(bytes.NewReader(b.Bytes()), path); err != nil || got != head {
		t.Fatalf("%+v, %v", got, err)
	}
	v := view.New(s.Keys, view.Options{})
	j, err := journal.Open(path, s.Keys, v, journal.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	if p, err := j.Prove(t.Context(), head); err != nil || p.Head != head || p.Erased != 1 {
		t.Errorf("%+v, %v", p, err)
	}
	for i, id := range ids {
		c, err := v.Consultation(id)
		if i == 7 {
			if consult.KindOf(err) != consult.NotFound {
				t.Errorf("an erased request: %v", err)
			}
		} else if err != nil || c.ID != id {
			t.Errorf("request %d: %v", i, err)
		}
	}
	if _, err := journal.Restore(bytes.NewReader(b.Bytes()), path); !errors.Is(err, os.ErrExist) {
		t.Errorf("over another file: %v", err)
	}
}

// Whatever is wrong with a backup, nothing is made of it.
func TestRestoreDamaged(t *testing.T) {
	s := consulttest.Open(t)
	for i := range 5 {
		if _, err := s.Journal.Append(t.Context(), consulttest.Submission{Number: i + 1}.Entry(), 0); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if _, err := s.Journal.Backup(&b); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "silta.db")
	try := func(data []byte) {
		t.Helper()
		if _, err := journal.Restore(bytes.NewReader(data), path); !errors.Is(err, journal.ErrBackup) {
			t.Errorf("%v", err)
		}
		if _, err := os.Stat(path); err == nil {
			t.Fatal("a file was left")
		}
	}
	try(nil)
	try([]byte("something else that is no backup at all"))
	for range 100 {
		try(b.Bytes()[:rand.IntN(b.Len())])
		data := bytes.Clone(b.Bytes())
		data[rand.IntN(len(data))] ^= 1 << rand.IntN(8)
		try(data)
	}
}

func FuzzRestore(f *testing.F) {
	f.Add([]byte("silta journal 1\nb\x01jr\x01a\x01be"))
	f.Add([]byte("silta journal 1\nb\x07journal"))
	f.Add([]byte("silta journal 1\nr"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if _, err := journal.Restore(bytes.NewReader(data), filepath.Join(t.TempDir(), "silta.db")); err == nil {
			t.Error("restored without a right checksum")
		}
	})
}

// failing takes some bytes and no more.
type failing struct{ left int }

func (f *failing) Write(p []byte) (int, error) {
	if f.left -= len(p); f.left < 0 {
		return 0, io.ErrShortWrite
	}
	return len(p), nil
}

func TestBackupIntoFullDisk(t *testing.T) {
	s := consulttest.Open(t)
	if _, err := s.Journal.Append(t.Context(), consulttest.Submission{}.Entry(), 0); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Journal.Backup(&failing{100}); !errors.Is(err, io.ErrShortWrite) {
		t.Errorf("%v", err)
	}
}
