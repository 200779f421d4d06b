package journal_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"go.etcd.io/bbolt"

	"silta/consult"
	"silta/consult/consulttest"
	"silta/consult/internal/boltpages"
	"silta/consult/internal/boltsafe"
	"silta/consult/journal"
	"silta/consult/seal"
	"silta/consult/view"
)

// examine proves the file of a directory without opening it for writing.
func examine(t *testing.T, dir string, known ...consult.Head) (consult.Proof, error) {
	t.Helper()
	keys, err := seal.LoadMaster(filepath.Join(dir, "master.json"))
	if err != nil {
		t.Fatal(err)
	}
	return journal.Examine(t.Context(), filepath.Join(dir, "silta.db"), keys, view.New(keys, view.Options{}), known...)
}

func TestExamine(t *testing.T) {
	dir, ids := closedJournal(t)
	path := filepath.Join(dir, "silta.db")
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	p, err := examine(t, dir)
	if err != nil || p.Position != uint64(len(ids)-1) || p.Subjects != 20 || p.Erased != 0 || len(p.Hash) != 64 {
		t.Errorf("%+v, %v", p, err)
	}
	after, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(before, after) {
		t.Errorf("the file was changed, %v", err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "scratch-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// TestScratchIsSwept: what a comparison that was cut off has left behind is gone when the journal is opened again, whatever the
// directory is called.
func TestScratchIsSwept(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data [1")
	scratch, kept := filepath.Join(dir, "scratch-1"), filepath.Join(dir, "kept")
	if err := errors.Join(os.MkdirAll(scratch, 0o700), os.MkdirAll(kept, 0o700), os.WriteFile(filepath.Join(scratch, "view.db"), nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	keys, err := seal.CreateMaster(filepath.Join(dir, "master.json"))
	if err != nil {
		t.Fatal(err)
	}
	j, err := journal.Open(filepath.Join(dir, "silta.db"), keys, nil, journal.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := j.Close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(scratch); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("what was left behind: %v", err)
	}
	if _, err := os.Stat(kept); err != nil {
		t.Error(err)
	}
}

// What a crash leaves behind, rows in front included, is as good as what Close does: for proof, backup and erasure.
func TestRowsInFront(t *testing.T) {
	s := consulttest.Open(t)
	path := filepath.Join(t.TempDir(), "silta.db")
	var ids []string
	inFront := func() bool {
		data, err := os.ReadFile(s.Path)
		if err == nil {
			err = os.WriteFile(path, data, 0o600)
		}
		all, err2 := contentsOf(path)
		if err := errors.Join(err, err2); err != nil {
			t.Fatal(err)
		}
		return strings.Contains(all, `"journal front"`) && strings.Contains(all, `"entries front"`)
	}
	for len(ids) < 40 || len(ids) < 60 && !inFront() {
		sub := consulttest.Submission{Number: len(ids) + 1, Command: fmt.Sprintf("command-%d", len(ids))}
		if len(ids)%5 == 0 { // Long ones go behind at once.
			sub.Background = strings.Repeat("Poissaoloja. ", 300)
		}
		e := sub.Entry()
		if _, err := s.Journal.Append(t.Context(), e, 0); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, e.ID)
	}
	last := len(ids) - 1
	prove := func(path string, v journal.Projection, erased uint64) {
		t.Helper()
		p, err := journal.Examine(t.Context(), path, s.Keys, v)
		if err != nil || p.Position != uint64(len(ids)) || p.Subjects != len(ids) || p.Erased != erased {
			t.Errorf("%+v, %v", p, err)
		}
	}
	prove(path, view.New(s.Keys, view.Options{}), 0)
	j, err := journal.Open(path, s.Keys, view.New(s.Keys, view.Options{}), journal.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if r, known, err := j.Lookup(fmt.Sprintf("command-%d", last)); err != nil || !known || r.ID != ids[last] {
		t.Errorf("%+v, %t, %v", r, known, err)
	}
	var b bytes.Buffer
	if _, err := j.Backup(&b); err != nil {
		t.Fatal(err)
	}
	restored := filepath.Join(t.TempDir(), "silta.db")
	if _, err := journal.Restore(&b, restored); err != nil {
		t.Fatal(err)
	}
	prove(restored, nil, 0)
	if err := j.Erase(t.Context(), consult.KindConsultation, ids[last]); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(j.Verify(t.Context()), j.Close()); err != nil {
		t.Fatal(err)
	}
	prove(path, view.New(s.Keys, view.Options{}), 1)
	if all, err := contentsOf(path); err != nil || strings.Contains(all, ` front"`) {
		t.Errorf("Close has left something in front: %v", err)
	}
}

// A file of a time before there were fronts is read and goes on; one of a time to come is refused.
func TestFormats(t *testing.T) {
	dir, ids := closedJournal(t)
	format := func(n byte) {
		edit(t, dir, func(tx *bbolt.Tx) error { return tx.Bucket([]byte("journal")).Put([]byte("format"), []byte{n}) })
	}
	for old := range byte(2) {
		format(1 + old)
		if p, err := examine(t, dir); err != nil || p.Position != uint64(len(ids)-1)+uint64(old) {
			t.Errorf("%+v, %v", p, err)
		}
		s, err := openStore(dir)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.journal.Append(t.Context(), consulttest.Submission{Number: 21 + int(old)}.Entry(), 0); err != nil {
			t.Error(err)
		}
		if err := errors.Join(s.journal.Verify(t.Context()), s.journal.Close()); err != nil {
			t.Error(err)
		}
		edit(t, dir, func(tx *bbolt.Tx) error {
			if v := tx.Bucket([]byte("journal")).Get([]byte("format")); !bytes.Equal(v, []byte{3}) {
				t.Errorf("a program of that time would open it: format %v", v)
			}
			return nil
		})
	}
	format(4)
	if _, err := openStore(dir); err == nil {
		t.Error("a file of another format was opened")
	}
	if _, err := examine(t, dir); !isDamage(err) {
		t.Errorf("a file of another format: %v", err)
	}
}

// Heads that were known must be part of the journal.
func TestExamineAgainstKnownHeads(t *testing.T) {
	dir, _ := closedJournal(t)
	s, err := openStore(dir)
	if err != nil {
		t.Fatal(err)
	}
	early, err := s.journal.LastHead()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.journal.Append(t.Context(), consulttest.Submission{Number: 99}.Entry(), 0); err != nil {
		t.Fatal(err)
	}
	late, err := s.journal.LastHead()
	if err := errors.Join(err, s.journal.Close()); err != nil {
		t.Fatal(err)
	}
	if p, err := examine(t, dir, early, late); err != nil || p.Head != late {
		t.Errorf("%+v, %v", p, err)
	}
	other := consult.Head{Position: early.Position, Hash: strings.Repeat("0", 64)}
	beyond := consult.Head{Position: late.Position + 1, Hash: late.Hash}
	for _, test := range []struct {
		head consult.Head
		want uint64
	}{{other, early.Position}, {beyond, late.Position + 1}} {
		_, err := examine(t, dir, early, test.head)
		if damage, ok := errors.AsType[*journal.DamageError](err); !ok || damage.Position != test.want {
			t.Errorf("%+v: %v", test.head, err)
		}
	}
}

// What the view has must be what the journal makes.
func TestProveComparesTheView(t *testing.T) {
	for name, change := range map[string]func(tx *bbolt.Tx, ids []string) error{
		"a row of the index less": func(tx *bbolt.Tx, _ []string) error {
			k, _ := tx.Bucket([]byte("view index")).Cursor().First()
			return tx.Bucket([]byte("view index")).Delete(k)
		},
		"a row of the index more": func(tx *bbolt.Tx, _ []string) error { return tx.Bucket([]byte("view index")).Put([]byte("x"), nil) },
		"a document less": func(tx *bbolt.Tx, ids []string) error {
			return tx.Bucket([]byte("view documents")).Delete([]byte("consultation\x00" + ids[3]))
		},
		"another document": func(tx *bbolt.Tx, ids []string) error {
			b := tx.Bucket([]byte("view documents"))
			at := []byte("consultation\x00" + ids[3])
			row := bytes.Clone(b.Get(at))
			row[len(row)-1] ^= 1
			return b.Put(at, row)
		},
		"another count": func(tx *bbolt.Tx, _ []string) error {
			return tx.Bucket([]byte("view")).Put([]byte("count child-psychiatry"), make([]byte, 28))
		},
		"another place": func(tx *bbolt.Tx, _ []string) error {
			b := tx.Bucket([]byte("view"))
			row := bytes.Clone(b.Get([]byte("position")))
			row[len(row)-1]--
			return b.Put([]byte("position"), row)
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir, ids := closedJournal(t)
			edit(t, dir, func(tx *bbolt.Tx) error { return change(tx, ids) })
			_, err := examine(t, dir)
			if damage, ok := errors.AsType[*journal.DamageError](err); !ok || damage.Fault() != consult.FaultView {
				t.Errorf("%v", err)
			}
		})
	}
}

func isDamage(err error) bool {
	_, ok := errors.AsType[*journal.DamageError](err)
	return ok
}

// TestFlippedBits: whatever bit of a used page changes, it is found, or it makes no difference to anything that can be read.
func TestFlippedBits(t *testing.T) {
	rounds := 600
	if testing.Short() {
		rounds = 60
	}
	dir, _ := closedJournal(t)
	path := filepath.Join(dir, "silta.db")
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	contents, err := contentsOf(path)
	if err != nil {
		t.Fatal(err)
	}
	var used []int
	pageSize := 0
	if err := withPages(path, func(m *boltpages.Map) {
		pageSize = m.PageSize
		for page := range m.High {
			if m.Used(page) {
				used = append(used, int(page))
			}
		}
	}); err != nil {
		t.Fatal(err)
	}
	found, harmless := 0, 0
	for round := range rounds {
		at := used[rand.IntN(len(used))] * pageSize
		// Every other time where the page says what it is.
		if at += rand.IntN(pageSize); round%2 == 0 {
			at = at/pageSize*pageSize + rand.IntN(256)
		}
		bit := byte(1) << rand.IntN(8)
		data := bytes.Clone(whole)
		data[at] ^= bit
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := examine(t, dir); err != nil {
			if !isDamage(err) {
				t.Errorf("byte %d of page %d, bit %x: found, but not as damage: %v", at%pageSize, at/pageSize, bit, err)
			}
			found++
			continue
		}
		got, err := contentsOf(path)
		if err != nil || got != contents {
			t.Fatalf("byte %d of page %d, bit %x: not found, and it makes a difference (%v)", at%pageSize, at/pageSize, bit, err)
		}
		harmless++
	}
	t.Logf("%d flipped bits: %d found, %d make no difference (unused room of pages)", rounds, found, harmless)
	if found == 0 {
		t.Error("none was found")
	}
}

// contentsOf returns all that can be read from a file, along the cursors and by searching every key.
func contentsOf(path string) (all string, err error) {
	var db *bbolt.DB
	err = boltsafe.Do(func() (err error) {
		db, err = bbolt.Open(path, 0o600, &bbolt.Options{ReadOnly: true})
		return err
	})
	if err != nil {
		return "", err
	}
	var b strings.Builder
	err = boltsafe.View(&boltsafe.DB{DB: db}, func(tx *bbolt.Tx) error {
		return tx.ForEach(func(name []byte, bucket *bbolt.Bucket) error {
			return bucket.ForEach(func(k, v []byte) error {
				fmt.Fprintf(&b, "%q %q %q\n", name, k, v)
				if !bytes.Equal(bucket.Get(k), v) {
					return errors.New("a key is not found")
				}
				return nil
			})
		})
	})
	return b.String(), errors.Join(err, db.Close())
}

func withPages(path string, fn func(*boltpages.Map)) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{ReadOnly: true})
	if err != nil {
		return err
	}
	return errors.Join(db.View(func(tx *bbolt.Tx) error {
		m, err := boltpages.Read(f, uint64(tx.ID()))
		if err == nil {
			fn(m)
		}
		return err
	}), db.Close())
}

// A file that was cut off anywhere is found out.
func TestTruncatedFile(t *testing.T) {
	dir, _ := closedJournal(t)
	path := filepath.Join(dir, "silta.db")
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	used := len(bytes.TrimRight(whole, "\x00"))
	for _, size := range []int{0, 1, 4 << 10, 8 << 10, 20 << 10, used / 2, used - 1} {
		if err := os.WriteFile(path, whole[:size], 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := examine(t, dir); !isDamage(err) {
			t.Errorf("%d of %d bytes: %v", size, len(whole), err)
		}
	}
}

// Proving runs beside appends and erasures, and finds nothing.
func TestProveUnderLoad(t *testing.T) {
	s := consulttest.Open(t)
	var writers sync.WaitGroup
	stop := make(chan struct{})
	for w := range 4 {
		writers.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				e := consulttest.Submission{Number: 1 + w + 4*i}.Entry()
				if _, err := s.Journal.Append(t.Context(), e, 0); err != nil {
					t.Error(err)
					return
				}
				if i%20 == 19 {
					if err := s.Journal.Erase(t.Context(), e.Kind, e.ID); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	var last consult.Head
	for range 5 {
		var known []consult.Head
		if last.Position > 0 {
			known = append(known, last)
		}
		p, err := s.Journal.Prove(t.Context(), known...)
		if err != nil {
			t.Error(err)
			break
		}
		last = p.Head
	}
	close(stop)
	writers.Wait()
}
