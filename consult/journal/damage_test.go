package journal_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"go.etcd.io/bbolt"

	"silta/consult"
	"silta/consult/consulttest"
	"silta/consult/internal/rows"
	"silta/consult/journal"
	"silta/consult/seal"
)

// closedJournal makes a journal with entries of several subjects and returns its directory, with the id of every position.
func closedJournal(t *testing.T) (dir string, ids []string) {
	t.Helper()
	dir = t.TempDir()
	s, err := openStore(dir)
	if err != nil {
		t.Fatal(err)
	}
	ids = []string{""}
	for i := range 20 {
		e := consulttest.Submission{Number: i + 1, Command: fmt.Sprintf("command-%d", i)}.Entry()
		for revision := range uint64(2) {
			if revision > 0 {
				e = consulttest.Next(e.State.(*consult.Consultation), e.At, "childpsych", &consult.ClaimedEvent{})
			}
			if _, err := s.journal.Append(t.Context(), e, revision); err != nil {
				t.Fatal(err)
			}
			ids = append(ids, e.ID)
		}
	}
	if err := s.journal.Close(); err != nil {
		t.Fatal(err)
	}
	return dir, ids
}

func edit(t *testing.T, dir string, change func(tx *bbolt.Tx) error) {
	t.Helper()
	db, err := bbolt.Open(filepath.Join(dir, "silta.db"), 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(db.Update(change), db.Close()); err != nil {
		t.Fatal(err)
	}
}

// verify opens the journal of a directory without a view and verifies it.
func verify(t *testing.T, dir string) error {
	t.Helper()
	keys, err := seal.LoadMaster(filepath.Join(dir, "master.json"))
	if err != nil {
		t.Fatal(err)
	}
	j, err := journal.Open(filepath.Join(dir, "silta.db"), keys, nil, journal.Options{})
	if err != nil {
		return err
	}
	return errors.Join(j.Verify(t.Context()), j.Close())
}

func key(position uint64) []byte { return binary.BigEndian.AppendUint64(nil, position) }

// resum makes the checksum of a changed record right again, as somebody who changes it on purpose would.
func resum(record []byte, position uint64) []byte {
	table := crc32.MakeTable(crc32.Castagnoli)
	sum := crc32.Update(crc32.Checksum(append(key(position), record[0]), table), table, record[5:])
	binary.BigEndian.PutUint32(record[1:], sum)
	return record
}

func TestVerifyNamesThePosition(t *testing.T) {
	entries := []byte("entries")
	get := func(tx *bbolt.Tx, position uint64) []byte { return bytes.Clone(tx.Bucket(entries).Get(key(position))) }
	put := func(tx *bbolt.Tx, position uint64, record []byte) error {
		return tx.Bucket(entries).Put(key(position), record)
	}
	for name, test := range map[string]struct {
		change func(tx *bbolt.Tx, ids []string) error
		want   uint64
	}{
		"nothing": {func(*bbolt.Tx, []string) error { return nil }, 0},
		"payload": {func(tx *bbolt.Tx, _ []string) error {
			r := get(tx, 7)
			r[len(r)-20] ^= 1
			return put(tx, 7, r)
		}, 7},
		"payload, checksum right": {func(tx *bbolt.Tx, _ []string) error {
			r := get(tx, 7)
			r[len(r)-20] ^= 1
			return put(tx, 7, resum(r, 7))
		}, 7},
		"envelope, checksum right": {func(tx *bbolt.Tx, _ []string) error {
			r := bytes.Replace(get(tx, 7), []byte(`"by":"nurse"`), []byte(`"by":"nobod"`), 1)
			return put(tx, 7, resum(r, 7))
		}, 8}, // 7 looks whole; that it is not what was appended shows in what follows
		"last envelope, checksum right": {func(tx *bbolt.Tx, _ []string) error {
			r := bytes.Replace(get(tx, 40), []byte(`"by":"childpsych"`), []byte(`"by":"childpsyck"`), 1)
			return put(tx, 40, resum(r, 40))
		}, 40},
		"dropped":      {func(tx *bbolt.Tx, _ []string) error { return tx.Bucket(entries).Delete(key(12)) }, 12},
		"first":        {func(tx *bbolt.Tx, _ []string) error { return tx.Bucket(entries).Delete(key(1)) }, 1},
		"last dropped": {func(tx *bbolt.Tx, _ []string) error { return tx.Bucket(entries).Delete(key(40)) }, 40},
		"reordered": {func(tx *bbolt.Tx, _ []string) error {
			a, b := get(tx, 20), get(tx, 21)
			return errors.Join(put(tx, 20, b), put(tx, 21, a))
		}, 20},
		"reordered, checksums right": {func(tx *bbolt.Tx, _ []string) error {
			a, b := get(tx, 20), get(tx, 21)
			return errors.Join(put(tx, 20, resum(b, 20)), put(tx, 21, resum(a, 21)))
		}, 20},
		"added": {func(tx *bbolt.Tx, _ []string) error { return put(tx, 41, get(tx, 40)) }, 40},
		"cut short": {func(tx *bbolt.Tx, _ []string) error {
			return put(tx, 9, get(tx, 9)[:30])
		}, 9},
		"contents taken away": {func(tx *bbolt.Tx, _ []string) error {
			r := get(tx, 9)
			r[0] = 2
			n := binary.BigEndian.Uint32(r[37:])
			return put(tx, 9, resum(append(r[:41+n], make([]byte, 32)...), 9))
		}, 9},
		"key destroyed": {func(tx *bbolt.Tx, ids []string) error {
			return new(seal.Keyring).Destroy(tx, consult.KindConsultation, ids[9])
		}, 9},
		"command forgotten": {func(tx *bbolt.Tx, _ []string) error {
			return tx.Bucket([]byte("commands")).Delete([]byte("command-5"))
		}, 11},
	} {
		t.Run(name, func(t *testing.T) {
			dir, ids := closedJournal(t)
			edit(t, dir, func(tx *bbolt.Tx) error { return test.change(tx, ids) })
			err := verify(t, dir)
			if test.want == 0 {
				if err != nil {
					t.Errorf("a whole journal: %v", err)
				}
				return
			}
			fault := consult.FaultEntry
			if slices.Contains([]string{
				"envelope, checksum right", "last envelope, checksum right", "dropped", "first", "reordered, checksums right",
			}, name) {
				fault = consult.FaultOrder
			}
			if damage, ok := errors.AsType[*journal.DamageError](err); !ok || damage.Position != test.want || damage.Fault() != fault {
				t.Errorf("error %v, want %s at %d", err, fault, test.want)
			}
		})
	}
}

// TestOpenComparesTheHead: a journal whose last entry is not the one that was appended last is not opened, so nothing is put behind it.
func TestOpenComparesTheHead(t *testing.T) {
	dir, ids := closedJournal(t)
	edit(t, dir, func(tx *bbolt.Tx) error {
		meta := tx.Bucket([]byte("journal"))
		head := bytes.Clone(meta.Get([]byte("head")))
		head[len(head)-1] ^= 1
		return meta.Put([]byte("head"), head)
	})
	keys, err := seal.LoadMaster(filepath.Join(dir, "master.json"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = journal.Open(filepath.Join(dir, "silta.db"), keys, nil, journal.Options{})
	if damage, ok := errors.AsType[*journal.DamageError](err); !ok || damage.Position != uint64(len(ids)-1) {
		t.Errorf("opened with %v", err)
	}
	_, err = examine(t, dir)
	if damage, ok := errors.AsType[*journal.DamageError](err); !ok || damage.Position != uint64(len(ids)-1) {
		t.Errorf("proved with %v", err)
	}
}

func TestVerifyComparesSubjects(t *testing.T) {
	for name, change := range map[string]func(b *bbolt.Bucket, row []byte) error{
		"another revision": func(b *bbolt.Bucket, row []byte) error { return b.Put(row, key(3)) },
		"missing":          func(b *bbolt.Bucket, row []byte) error { return b.Delete(row) },
		"added":            func(b *bbolt.Bucket, row []byte) error { return b.Put(seal.Row(consult.KindPerson, "a", 'r'), key(1)) },
		"cut short":        func(b *bbolt.Bucket, row []byte) error { return b.Put(row, []byte{1}) },
	} {
		t.Run(name, func(t *testing.T) {
			dir, ids := closedJournal(t)
			edit(t, dir, func(tx *bbolt.Tx) error {
				return change(tx.Bucket([]byte(rows.SubjectsBucket)), seal.Row(consult.KindConsultation, ids[5], 'r'))
			})
			if damage, ok := errors.AsType[*journal.DamageError](verify(t, dir)); !ok || damage.Fault() != consult.FaultFile {
				t.Error("not noticed")
			}
		})
	}
}

// A byte that changes on the disk within a record is noticed, at its position.
func TestFlippedBytesOfRecords(t *testing.T) {
	dir, ids := closedJournal(t)
	path := filepath.Join(dir, "silta.db")
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	places := map[uint64][]int{}
	edit(t, dir, func(tx *bbolt.Tx) error {
		for position := uint64(1); position < uint64(len(ids)); position++ {
			record := tx.Bucket([]byte("entries")).Get(key(position))
			for at := 0; ; {
				i := bytes.Index(whole[at:], record)
				if i < 0 {
					break
				}
				places[position] = append(places[position], at+i+rand.IntN(len(record)))
				at += i + len(record)
			}
		}
		return nil
	})
	for range 60 {
		position := uint64(1 + rand.IntN(len(ids)-1))
		data := bytes.Clone(whole)
		// Free pages may hold the record too: flip it everywhere.
		for _, at := range places[position] {
			data[at] ^= 1 << rand.IntN(8)
		}
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		err := verify(t, dir)
		if damage, ok := errors.AsType[*journal.DamageError](err); !ok || damage.Position != position {
			t.Errorf("bytes %d flipped: error %v, want one at %d", places[position], err, position)
		}
	}
}

// Whatever bytes change, opening and verifying end with an error or with all entries as they were; they never panic.
func TestFlippedBytesAnywhere(t *testing.T) {
	rounds := 300
	if testing.Short() {
		rounds = 50
	}
	dir, ids := closedJournal(t)
	path := filepath.Join(dir, "silta.db")
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	used := len(bytes.TrimRight(whole, "\x00"))
	noticed := 0
	for range rounds {
		data := bytes.Clone(whole)
		for range 1 + rand.IntN(3) {
			data[rand.IntN(used)] ^= byte(1 + rand.IntN(255))
		}
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		if verify(t, dir) != nil {
			noticed++
			continue
		}
		s, err := openStore(dir)
		if err != nil {
			noticed++ // in the view
			continue
		}
		n := 0
		for e, err := range s.journal.Read(0) {
			if n++; err != nil || e.ID != ids[n] {
				t.Errorf("entry %d of a verified journal: %v", n, err)
			}
		}
		if n != len(ids)-1 {
			t.Errorf("a verified journal has %d entries", n)
		}
		if err := s.journal.Close(); err != nil {
			t.Error(err)
		}
	}
	if noticed == 0 {
		t.Error("no damage was noticed")
	}
}
