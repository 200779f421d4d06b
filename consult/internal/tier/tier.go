// Package tier keeps a small bucket of changed rows in front of large ones.
//
// What a commit costs is how many places of the file it writes to, and a row of its own in each of many large buckets is as many
// leaves and branches. A transaction of few changes writes them all to the front, which is one page; when that is full, they move
// to their buckets together. A transaction of many changes moves the front first and then writes to the buckets themselves, so
// nothing is written twice that need not be.
//
// All of it is in the transactions: a row is in front or behind for every reader as for the writer, and a roll-back undoes both.
package tier

import (
	"bytes"
	"cmp"
	"errors"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"
)

// Set is a front with the buckets behind it.
type Set struct {
	// Front names the bucket in front. It is there only while it has rows, or may get some.
	Front []byte
	// Most is how many bytes of rows the front holds, with what bbolt adds to each; 0: a page of 8 KiB. With [Inline] or less bbolt
	// keeps it in the page that names the buckets, which every commit writes anyway.
	Most int
	// MostRow is how many bytes, key and value, a row may have to be put in front; 0: 512. A longer one goes behind at once: it would fill
	// the front too soon.
	MostRow int
	// Behind are the others, 255 at most.
	Behind []Bucket
}

// Bucket is one behind the front.
type Bucket struct {
	Name []byte
	// Fill is how full the first half of a page is to be that is split, as [bbolt.Bucket] has it; 0: as bbolt sees fit.
	Fill float64
}

// Inline is the most bytes that bbolt keeps in another page, a quarter of one of 8 KiB less its header.
const Inline = 2<<10 - 32

// maxFront is somewhat less than a page of 8 KiB. perRow is what bbolt adds to each row.
const (
	maxFront = 7 << 10
	maxRow   = 512
	perRow   = 24
)

// A value in front begins with one of these.
const (
	put     byte = 1
	deleted byte = 0
)

// Create makes the buckets that are missing, but for the front.
func (s *Set) Create(tx *bbolt.Tx) error {
	for _, b := range s.Behind {
		if _, err := tx.CreateBucketIfNotExists(b.Name); err != nil {
			return err
		}
	}
	return nil
}

// Begin prepares a transaction that writes: few changes go to the front, many do not.
func (s *Set) Begin(tx *bbolt.Tx, few bool) error {
	if !few {
		return s.Settle(tx)
	}
	_, err := tx.CreateBucketIfNotExists(s.Front)
	return err
}

// End is called when all is written: a front that is full is moved.
func (s *Set) End(tx *bbolt.Tx) error {
	front := tx.Bucket(s.Front)
	if front == nil {
		return nil
	}
	size, most := 0, cmp.Or(s.Most, maxFront)
	c := front.Cursor()
	for k, v := c.First(); k != nil; k, v = c.Next() {
		if size += len(k) + len(v) + perRow; size > most {
			return s.Settle(tx)
		}
	}
	return nil
}

// Settle moves all rows of the front to where they belong, and takes it away: until the next Begin what is written goes there at once.
func (s *Set) Settle(tx *bbolt.Tx) error {
	front := tx.Bucket(s.Front)
	if front == nil {
		return nil
	}
	c := front.Cursor()
	for k, v := c.First(); k != nil; k, v = c.Next() {
		behind := s.behind(tx, int(k[0]))
		var err error
		if v[0] == put {
			err = behind.Put(k[1:], bytes.Clone(v[1:]))
		} else {
			err = behind.Delete(k[1:])
		}
		if err != nil {
			return err
		}
	}
	return tx.DeleteBucket(s.Front)
}

// Clear empties the buckets, the front too.
func (s *Set) Clear(tx *bbolt.Tx) error {
	for _, b := range append([]Bucket{{Name: s.Front}}, s.Behind...) {
		if err := tx.DeleteBucket(b.Name); err != nil && !errors.Is(err, bolterrors.ErrBucketNotFound) {
			return err
		}
	}
	return s.Create(tx)
}

func (s *Set) behind(tx *bbolt.Tx, n int) *bbolt.Bucket {
	b := tx.Bucket(s.Behind[n].Name)
	if fill := s.Behind[n].Fill; fill > 0 {
		b.FillPercent = fill
	}
	return b
}

// Table returns one of the buckets, by its place among those behind, with what is in front of it.
func (s *Set) Table(tx *bbolt.Tx, n int) Table {
	return Table{n: byte(n), mostRow: cmp.Or(s.MostRow, maxRow), front: tx.Bucket(s.Front), behind: s.behind(tx, n)}
}

// Table reads and writes as a bucket does. It holds for one transaction.
type Table struct {
	n             byte
	mostRow       int
	front, behind *bbolt.Bucket
}

func (t Table) inFront(key []byte) []byte {
	return append(append(make([]byte, 0, 1+len(key)), t.n), key...)
}

// Get returns the value of a key, nil where there is none. It must not be changed, and is valid during the transaction.
func (t Table) Get(key []byte) []byte {
	if t.front != nil {
		var buf [128]byte
		if v := t.front.Get(append(append(buf[:0], t.n), key...)); v != nil {
			if v[0] == put {
				return v[1:]
			}
			return nil
		}
	}
	return t.behind.Get(key)
}

// Put sets the value of a key. Neither may be changed during the transaction.
func (t Table) Put(key, value []byte) error {
	if t.front == nil {
		return t.behind.Put(key, value)
	}
	if len(key)+len(value) > t.mostRow {
		if err := t.front.Delete(t.inFront(key)); err != nil {
			return err
		}
		return t.behind.Put(key, value)
	}
	return t.front.Put(t.inFront(key), append(append(make([]byte, 0, 1+len(value)), put), value...))
}

// Delete takes a key away. It is no error if it is not there.
func (t Table) Delete(key []byte) error {
	if t.front == nil {
		return t.behind.Delete(key)
	}
	if t.behind.Get(key) == nil {
		return t.front.Delete(t.inFront(key))
	}
	return t.front.Put(t.inFront(key), []byte{deleted})
}

// Cursor returns a cursor, which is to be placed first.
func (t Table) Cursor() *Cursor {
	c := &Cursor{n: t.n, behind: side{cursor: t.behind.Cursor()}}
	if t.front != nil {
		c.front = side{cursor: t.front.Cursor(), prefix: []byte{t.n}}
	}
	return c
}

// Cursor walks along the keys in their order, as that of a bucket does. It does not see what is written after it was placed.
type Cursor struct {
	n             byte
	front, behind side
	// at is the key where it stands. Both sides stand there or beyond, in the direction of the last step.
	at   []byte
	back bool
}

// side is a cursor that stands at a row; a nil key: at the end of its rows.
type side struct {
	cursor     *bbolt.Cursor
	prefix     []byte
	key, value []byte
}

func (s *side) set(key, value []byte) {
	if s.key, s.value = nil, nil; key != nil && bytes.HasPrefix(key, s.prefix) {
		s.key, s.value = key[len(s.prefix):], value
	}
}

// from places the side at the first key that is not before another one.
func (s *side) from(key []byte) {
	if s.cursor == nil {
		return
	}
	if len(s.prefix) > 0 {
		key = append(bytes.Clone(s.prefix), key...)
	}
	s.set(s.cursor.Seek(key))
}

// before places the side at the last key that is before another one; nil: at its last.
func (s *side) before(key []byte) {
	if s.cursor == nil {
		return
	}
	switch {
	case len(s.prefix) > 0 && key == nil:
		key = []byte{s.prefix[0] + 1}
	case len(s.prefix) > 0:
		key = append(bytes.Clone(s.prefix), key...)
	case key == nil:
		s.set(s.cursor.Last())
		return
	}
	if k, _ := s.cursor.Seek(key); k == nil {
		s.set(s.cursor.Last())
		return
	}
	s.set(s.cursor.Prev())
}

func (s *side) step(back bool) {
	if back {
		s.set(s.cursor.Prev())
	} else {
		s.set(s.cursor.Next())
	}
}

// Seek goes to the first key that is not before another one, and returns it with its value; nil: there is none.
func (c *Cursor) Seek(key []byte) (k, value []byte) {
	c.back = false
	c.front.from(key)
	c.behind.from(key)
	return c.settle()
}

// Last goes to the last key.
func (c *Cursor) Last() (key, value []byte) {
	c.back = true
	c.front.before(nil)
	c.behind.before(nil)
	return c.settle()
}

// Next goes on to the key behind.
func (c *Cursor) Next() (key, value []byte) {
	if c.at == nil {
		return nil, nil
	}
	if c.back {
		c.back = false
		c.front.from(c.at)
		c.behind.from(c.at)
	}
	c.leave(c.at)
	return c.settle()
}

// Prev goes back to the key before.
func (c *Cursor) Prev() (key, value []byte) {
	if c.at == nil {
		return nil, nil
	}
	if c.back {
		c.leave(c.at)
	} else {
		c.back = true
		c.front.before(c.at)
		c.behind.before(c.at)
	}
	return c.settle()
}

// leave moves the sides that stand at a key.
func (c *Cursor) leave(key []byte) {
	for _, s := range []*side{&c.front, &c.behind} {
		if s.key != nil && bytes.Equal(s.key, key) {
			s.step(c.back)
		}
	}
}

// settle returns the nearer of the two rows. A row in front is instead of the same one behind.
func (c *Cursor) settle() (key, value []byte) {
	for {
		f, b := &c.front, &c.behind
		if f.key == nil {
			c.at = b.key
			return b.key, b.value
		}
		if b.key != nil {
			order := bytes.Compare(f.key, b.key)
			if c.back {
				order = -order
			}
			if order > 0 {
				c.at = b.key
				return b.key, b.value
			}
		}
		if f.value[0] == put {
			c.at = f.key
			return f.key, f.value[1:]
		}
		c.leave(f.key)
	}
}
