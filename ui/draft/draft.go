// Package draft keeps what somebody has typed and not sent yet: on the server, sealed, so that it outlives the browser, the
// session and the program, and can be gone on with on another device.
//
// A draft belongs to one person and to nobody else. It is gone when it is sent or discarded, and after [Keep] in any case: its keys and all its
// earlier wordings are then overwritten, so that the raw file and the master key open nothing of it. What the file says in clear is whose drafts there are, their ids and when each ends.
//
// Drafts live in real time, as sessions do, whatever clock the rest of the program goes by.
package draft

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"go.etcd.io/bbolt"

	"silta/consult"
)

const (
	// Keep is how long a draft is kept after it was saved last.
	Keep = 14 * 24 * time.Hour
	// Most is how many drafts one person can have.
	Most = 100
	// endedFor is how long it is remembered that a draft has ended: longer than any request is under way.
	endedFor = time.Hour
	// lockTimeout is how long Open waits for another process that has the file.
	lockTimeout = 2 * time.Second
)

var bucket = []byte("drafts")

// Sealer seals what is typed. What it has sealed opens under the same id only.
type Sealer interface {
	Seal(id string, plain []byte) ([]byte, error)
	Open(id string, record []byte) ([]byte, error)
	// Fresh is a record as Seal would make it now, with the same text, and whether that is another one.
	Fresh(id string, record []byte) (fresh []byte, changed bool, err error)
	// Scrub makes sure that nothing of the records that are gone from a file can be opened any more. Nobody uses the file meanwhile.
	Scrub(db *bbolt.DB) error
}

// Draft is a form that was not sent yet.
type Draft struct {
	ID string `json:"-"`
	// Form are its fields as they were typed.
	Form url.Values `json:"form"`
	// SavedAt is when it was saved last, by the clock of whoever saved it.
	SavedAt time.Time `json:"saved_at"`
	// Page is the page that it is written on, and After the one that had written what this page began with. Either may be "".
	Page  string `json:"page,omitempty"`
	After string `json:"-"`
}

// Store keeps drafts in a bbolt file of its own. It is safe for concurrent use.
type Store struct {
	db  *bbolt.DB
	box Sealer
	now func() time.Time
	// use is held by whoever reads or writes, alone by who overwrites what is gone.
	use sync.RWMutex
}

// Open opens the file, or makes it, and deletes what has ended. A file that another process has open is an error. Now is the clock
// that drafts end by.
func Open(path string, box Sealer, now func() time.Time) (*Store, error) {
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{Timeout: lockTimeout})
	if err != nil {
		return nil, fmt.Errorf("open the drafts: %w", err)
	}
	s := &Store{db: db, box: box, now: now}
	err = db.Update(func(tx *bbolt.Tx) error {
		_, err := tx.CreateBucketIfNotExists(bucket)
		return err
	})
	if err == nil {
		_, err = s.Clean()
	}
	if err == nil {
		err = s.scrub() // What a crash has left.
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open the drafts: %w", err), db.Close())
	}
	return s, nil
}

// Close closes the file.
func (s *Store) Close() error { return s.db.Close() }

// A row is the moment at which it ends, 8 bytes of Unix seconds, what it is, and then the sealed draft or, of one that has ended,
// a hash of its command.
const (
	rowHead  = 9
	rowDraft = 'd'
	rowEnded = 'e'
)

func newRow(end time.Time, what byte, rest []byte) []byte {
	b := binary.BigEndian.AppendUint64(make([]byte, 0, rowHead+len(rest)), uint64(end.Unix()))
	return append(append(b, what), rest...)
}

// readRow returns what a row is and holds; 0 for none, or one whose time is over.
func (s *Store) readRow(v []byte) (what byte, rest []byte) {
	if len(v) < rowHead || !s.now().Before(time.Unix(int64(binary.BigEndian.Uint64(v)), 0)) {
		return 0, nil
	}
	return v[rowHead-1], v[rowHead:]
}

func prefixOf(person string) []byte { return append([]byte(person), 0) }

func keyOf(person, id string) []byte { return append(prefixOf(person), id...) }

func place(person, id string) string { return person + "/" + id }

func hashOf(command string) []byte {
	sum := sha256.Sum256([]byte(command))
	return sum[:]
}

// Save writes a draft in the place of an earlier one with its id. The command is the one under which the form will be sent: once that
// was sent or discarded, nothing is saved for it any more, as the last keystrokes may arrive after the form itself; nor is anything
// written over what was written on another page since this one was opened. Both are errors of kind [consult.Stale]. Ids are valid
// by [consult.ValidID]. Somebody with too many drafts gets an error of kind [consult.Conflict].
func (s *Store) Save(person, command string, d Draft) error {
	plain, err := json.Marshal(d)
	if err != nil {
		return err
	}
	sealed, err := s.box.Seal(place(person, d.ID), plain)
	if err != nil {
		return err
	}
	return s.update(func(tx *bbolt.Tx) error {
		b, key := tx.Bucket(bucket), keyOf(person, d.ID)
		what, rest := s.readRow(b.Get(key))
		switch {
		case what == rowEnded && bytes.Equal(rest, hashOf(command)):
			return consult.Fail(consult.Stale, "draft.ended")
		case what == rowDraft && s.elsewhere(person, d, rest):
			return consult.Fail(consult.Stale, "draft.elsewhere")
		case what != rowDraft && s.count(b, person) >= Most:
			return consult.Fail(consult.Conflict, "draft.too-many", "max", Most)
		}
		return b.Put(key, newRow(s.now().Add(Keep), rowDraft, sealed))
	})
}

// elsewhere reports whether what is kept was written on a page of which a draft's page knows nothing.
func (s *Store) elsewhere(person string, d Draft, sealed []byte) bool {
	kept, err := s.open(person, d.ID, sealed)
	return err == nil && kept.Page != "" && d.Page != "" && kept.Page != d.Page && kept.Page != d.After
}

func (s *Store) count(b *bbolt.Bucket, person string) (n int) {
	prefix := prefixOf(person)
	c := b.Cursor()
	for k, v := c.Seek(prefix); bytes.HasPrefix(k, prefix); k, v = c.Next() {
		if what, _ := s.readRow(v); what == rowDraft {
			n++
		}
	}
	return n
}

// End deletes a draft because what it holds was sent or discarded under a command.
func (s *Store) End(person, id, command string) error {
	was := false
	err := s.update(func(tx *bbolt.Tx) error {
		b, key := tx.Bucket(bucket), keyOf(person, id)
		v := b.Get(key)
		was = len(v) >= rowHead && v[rowHead-1] == rowDraft
		return b.Put(key, newRow(s.now().Add(endedFor), rowEnded, hashOf(command)))
	})
	if err != nil || !was {
		return err
	}
	return s.scrub()
}

// Empty deletes a draft in which nothing is left. It can be saved again. What was written on another page is left, as by [Store.Save].
func (s *Store) Empty(person string, d Draft) error {
	was := false
	err := s.update(func(tx *bbolt.Tx) error {
		b, key := tx.Bucket(bucket), keyOf(person, d.ID)
		what, rest := s.readRow(b.Get(key))
		if what != rowDraft {
			return nil
		}
		if s.elsewhere(person, d, rest) {
			return consult.Fail(consult.Stale, "draft.elsewhere")
		}
		was = true
		return b.Delete(key)
	})
	if err != nil || !was {
		return err
	}
	return s.scrub()
}

func (s *Store) update(fn func(tx *bbolt.Tx) error) error {
	s.use.RLock()
	defer s.use.RUnlock()
	return s.db.Update(fn)
}

func (s *Store) view(fn func(tx *bbolt.Tx) error) error {
	s.use.RLock()
	defer s.use.RUnlock()
	return s.db.View(fn)
}

// scrub overwrites what the drafts that are gone have left, all their earlier wordings included.
func (s *Store) scrub() error {
	s.use.Lock()
	defer s.use.Unlock()
	if err := s.box.Scrub(s.db); err != nil {
		return fmt.Errorf("overwrite what drafts have left: %w", err)
	}
	return nil
}

// Find returns a draft, and whether there is one. One that cannot be opened any more, as after another master key, is none.
func (s *Store) Find(person, id string) (d Draft, found bool, err error) {
	var sealed []byte
	err = s.view(func(tx *bbolt.Tx) error {
		if what, rest := s.readRow(tx.Bucket(bucket).Get(keyOf(person, id))); what == rowDraft {
			sealed = bytes.Clone(rest)
		}
		return nil
	})
	if err != nil || sealed == nil {
		return Draft{}, false, err
	}
	d, err = s.open(person, id, sealed)
	return d, err == nil, nil
}

// IDs returns the ids of a person's drafts, in no order. Nothing is opened for it.
func (s *Store) IDs(person string) (ids []string, err error) {
	err = s.view(func(tx *bbolt.Tx) error {
		prefix := prefixOf(person)
		c := tx.Bucket(bucket).Cursor()
		for k, v := c.Seek(prefix); bytes.HasPrefix(k, prefix); k, v = c.Next() {
			if what, _ := s.readRow(v); what == rowDraft {
				ids = append(ids, string(k[len(prefix):]))
			}
		}
		return nil
	})
	return ids, err
}

// List returns a person's drafts, the latest first.
func (s *Store) List(person string) ([]Draft, error) {
	type row struct {
		id     string
		sealed []byte
	}
	var rows []row
	err := s.view(func(tx *bbolt.Tx) error {
		prefix := prefixOf(person)
		c := tx.Bucket(bucket).Cursor()
		for k, v := c.Seek(prefix); bytes.HasPrefix(k, prefix); k, v = c.Next() {
			if what, rest := s.readRow(v); what == rowDraft {
				rows = append(rows, row{string(k[len(prefix):]), bytes.Clone(rest)})
			}
		}
		return nil
	})
	var drafts []Draft
	for _, r := range rows {
		if d, err := s.open(person, r.id, r.sealed); err == nil {
			drafts = append(drafts, d)
		}
	}
	slices.SortStableFunc(drafts, func(a, b Draft) int { return cmp.Or(b.SavedAt.Compare(a.SavedAt), cmp.Compare(a.ID, b.ID)) })
	return drafts, err
}

// open reads a sealed draft. The errors of JSON are left out: they may quote it.
func (s *Store) open(person, id string, sealed []byte) (Draft, error) {
	d := Draft{ID: id}
	plain, err := s.box.Open(place(person, id), sealed)
	if err != nil {
		return d, fmt.Errorf("a draft: %w", err)
	}
	if json.Unmarshal(plain, &d) != nil {
		return d, errors.New("a draft is damaged")
	}
	return d, nil
}

// Count returns how many drafts there are, of everybody.
func (s *Store) Count() (n int, err error) {
	err = s.view(func(tx *bbolt.Tx) error {
		return tx.Bucket(bucket).ForEach(func(_, v []byte) error {
			if what, _ := s.readRow(v); what == rowDraft {
				n++
			}
			return nil
		})
	})
	return n, err
}

// Rewrap seals all drafts again that another master key than the present one has sealed, and overwrites how they were before. Those that
// cannot be opened are left.
func (s *Store) Rewrap() error {
	n := 0
	err := s.update(func(tx *bbolt.Tx) error {
		b := tx.Bucket(bucket)
		rows := map[string][]byte{}
		if err := b.ForEach(func(k, v []byte) error {
			what, sealed := s.readRow(v)
			person, id, _ := strings.Cut(string(k), "\x00")
			if what != rowDraft {
				return nil
			}
			if fresh, changed, err := s.box.Fresh(place(person, id), sealed); err == nil && changed {
				rows[string(k)] = append(bytes.Clone(v[:rowHead]), fresh...)
			}
			return nil
		}); err != nil {
			return err
		}
		for k, v := range rows {
			if err := b.Put([]byte(k), v); err != nil {
				return err
			}
		}
		n = len(rows)
		return nil
	})
	if err != nil || n == 0 {
		return err
	}
	return s.scrub()
}

// Clean deletes what has ended, and returns how much that was.
func (s *Store) Clean() (int, error) {
	return s.remove(func(_, row []byte) bool { what, _ := s.readRow(row); return what == 0 })
}

// Erase deletes everybody's drafts whose ids are chosen, and overwrites them.
func (s *Store) Erase(chosen func(id string) bool) error {
	_, err := s.remove(func(key, row []byte) bool {
		what, _ := s.readRow(row)
		_, id, _ := strings.Cut(string(key), "\x00")
		return what == rowDraft && chosen(id)
	})
	return err
}

// remove deletes the rows that are to go, overwrites what they held, and returns how many they were.
func (s *Store) remove(goes func(key, row []byte) bool) (n int, err error) {
	err = s.update(func(tx *bbolt.Tx) error {
		n = 0
		var gone [][]byte
		b := tx.Bucket(bucket)
		if err := b.ForEach(func(k, v []byte) error {
			if goes(k, v) {
				gone = append(gone, bytes.Clone(k))
			}
			return nil
		}); err != nil {
			return err
		}
		for _, k := range gone {
			if err := b.Delete(k); err != nil {
				return err
			}
			n++
		}
		return nil
	})
	if err != nil || n == 0 {
		return n, err
	}
	return n, s.scrub()
}
