// Package boltpages reads the pages of a bbolt file by itself: to prove that they are whole, and to overwrite those that
// nothing uses.
//
// bbolt has no checksums of pages and trusts what it reads. A walk along its cursors does not notice a wrong key in a branch,
// by which a search would miss an entry, nor a page in use that is listed as free and would be overwritten. Read does.
package boltpages

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
)

// ErrChanged is returned by [Read] when the file no longer holds the transaction's state: later ones have taken its place.
var ErrChanged = errors.New("the file has changed meanwhile")

// Sizes and marks of the file's format, version 2. Numbers are in the machine's byte order.
const (
	magic      = 0xED0CDAED
	version    = 2
	headerLen  = 16
	elementLen = 16
	metaLen    = 64

	flagBranch   = 0x01
	flagLeaf     = 0x02
	flagFreelist = 0x10
	flagBucket   = 0x01

	noFreelist = 1<<64 - 1
	maxDepth   = 64
)

var order = binary.NativeEndian

// Map says which pages of a file one committed state uses.
type Map struct {
	// PageSize is in bytes.
	PageSize int
	// High is the number of pages that have ever been used: the state knows no page beyond.
	High uint64
	used []bool
}

// Used reports whether the state uses a page.
func (m *Map) Used(page uint64) bool { return page < m.High && m.used[page] }

// meta is one of the two pages at the beginning that say where everything is.
type meta struct {
	pageSize                   int
	root, freelist, high, txid uint64
}

// Read walks all pages that the state of a committed transaction uses, and returns an error where they are not a whole
// tree: a page out of place or used twice, elements beyond their page, keys out of order, or a list of free pages that is not
// the rest. The transaction must be kept open meanwhile, so that its pages are not used again.
func Read(file io.ReaderAt, txid uint64) (*Map, error) {
	m, err := findMeta(file, txid)
	if err != nil {
		return nil, err
	}
	w := newWalk(file, m)
	w.used[0], w.used[1] = true, true
	if _, err := file.ReadAt(make([]byte, 1), int64(m.high)*int64(m.pageSize)-1); err != nil {
		return nil, errors.New("the file is cut short")
	}
	if err := w.bucket(m.root, 0); err != nil {
		return nil, err
	}
	if m.freelist != noFreelist {
		if err := w.freelist(m.freelist); err != nil {
			return nil, err
		}
	}
	return &w.Map, nil
}

// findMeta looks for the transaction's page among the two. Where one of them can't be read, the file has fallen back to the
// state before its last commit.
func findMeta(file io.ReaderAt, txid uint64) (meta, error) {
	// One may be in the course of being written.
	const tries = 3
	var found []meta
	for range tries {
		if found = readMetas(file); len(found) == 2 {
			break
		}
	}
	if len(found) < 2 {
		return meta{}, errors.New("one of the first two pages is damaged: the last commit may be lost")
	}
	for _, m := range found {
		if m.txid == txid {
			return m, nil
		}
	}
	return meta{}, ErrChanged
}

// readMetas reads those that are whole. The second page is at the first multiple of the page size, which the first may no longer say.
func readMetas(file io.ReaderAt) []meta {
	var found []meta
	for at := int64(0); at <= 64<<10; at = max(at*2, 1<<10) {
		b := make([]byte, headerLen+metaLen)
		if _, err := file.ReadAt(b, at); err != nil {
			break
		}
		if m, ok := readMeta(b); ok && order.Uint64(b)*uint64(m.pageSize) == uint64(at) {
			found = append(found, m)
		}
	}
	return found
}

func readMeta(b []byte) (m meta, ok bool) {
	b = b[headerLen:]
	m = meta{
		pageSize: int(order.Uint32(b[8:])), root: order.Uint64(b[16:]), freelist: order.Uint64(b[32:]),
		high: order.Uint64(b[40:]), txid: order.Uint64(b[48:]),
	}
	sum := fnv.New64a()
	sum.Write(b[:56])
	ok = order.Uint32(b) == magic && order.Uint32(b[4:]) == version && sum.Sum64() == order.Uint64(b[56:])
	return m, ok && m.pageSize >= 1<<10 && m.pageSize <= 64<<10 && m.high >= 2 && m.high <= 1<<40
}

type walk struct {
	file io.ReaderAt
	Map
}

func newWalk(file io.ReaderAt, m meta) walk {
	return walk{file: file, Map: Map{PageSize: m.pageSize, High: m.high, used: make([]bool, m.high)}}
}

// page is a page with those that it runs over into.
type page struct {
	id    uint64
	flags uint16
	count int
	data  []byte
}

// take reads a page and marks it as used.
func (w *walk) take(id uint64) (page, error) {
	if id < 2 || id >= w.High {
		return page{}, fmt.Errorf("page %d: out of bounds", id)
	}
	header := make([]byte, headerLen)
	if _, err := w.file.ReadAt(header, int64(id)*int64(w.PageSize)); err != nil {
		return page{}, fmt.Errorf("page %d: %w", id, err)
	}
	p := page{id: id, flags: order.Uint16(header[8:]), count: int(order.Uint16(header[10:]))}
	over := uint64(order.Uint32(header[12:]))
	if order.Uint64(header) != id {
		return page{}, fmt.Errorf("page %d: it is another one", id)
	}
	if over >= w.High-id {
		return page{}, fmt.Errorf("page %d: it is too long", id)
	}
	for i := id; i <= id+over; i++ {
		if w.used[i] {
			return page{}, fmt.Errorf("page %d: it is used twice", i)
		}
		w.used[i] = true
	}
	p.data = make([]byte, (over+1)*uint64(w.PageSize))
	if _, err := w.file.ReadAt(p.data, int64(id)*int64(w.PageSize)); err != nil {
		return page{}, fmt.Errorf("page %d: %w", id, err)
	}
	return p, nil
}

// bounds are what the keys below a branch lie between: from, and before to; nil: no bound.
type bounds struct{ from, to []byte }

func (w *walk) bucket(root uint64, depth int) error { return w.tree(root, bounds{}, depth) }

func (w *walk) tree(id uint64, in bounds, depth int) error {
	if depth > maxDepth {
		return fmt.Errorf("page %d: the tree has no end", id)
	}
	p, err := w.take(id)
	if err != nil {
		return err
	}
	switch p.flags {
	case flagBranch:
		return w.branch(p, in, depth)
	case flagLeaf:
		return w.leaf(p, in, depth)
	default:
		return fmt.Errorf("page %d: it is of the wrong kind", id)
	}
}

func (w *walk) branch(p page, in bounds, depth int) error {
	if p.count == 0 {
		return fmt.Errorf("page %d: it is empty", p.id)
	}
	keys, children := make([][]byte, p.count), make([]uint64, p.count)
	for i := range p.count {
		e, err := p.element(i)
		if err != nil {
			return err
		}
		if keys[i], err = p.bytes(i, order.Uint32(e), order.Uint32(e[4:])); err != nil {
			return err
		}
		children[i] = order.Uint64(e[8:])
	}
	if err := inOrder(p.id, keys, in); err != nil {
		return err
	}
	for i, child := range children {
		below := bounds{keys[i], in.to}
		if i+1 < len(keys) {
			below.to = keys[i+1]
		}
		if err := w.tree(child, below, depth+1); err != nil {
			return err
		}
	}
	return nil
}

func (w *walk) leaf(p page, in bounds, depth int) error {
	keys := make([][]byte, p.count)
	for i := range p.count {
		e, err := p.element(i)
		if err != nil {
			return err
		}
		flags, at, keyLen, valueLen := order.Uint32(e), order.Uint32(e[4:]), order.Uint32(e[8:]), order.Uint32(e[12:])
		if keys[i], err = p.bytes(i, at, keyLen); err != nil {
			return err
		}
		value, err := p.bytes(i, at+keyLen, valueLen)
		if err != nil {
			return err
		}
		switch flags {
		case 0:
		case flagBucket:
			if err := w.below(p.id, value, depth); err != nil {
				return err
			}
		default:
			return fmt.Errorf("page %d: an element has unknown marks", p.id)
		}
	}
	return inOrder(p.id, keys, in)
}

// below walks a bucket, whose one page stands in the value itself where it is small.
func (w *walk) below(id uint64, value []byte, depth int) error {
	if len(value) < headerLen {
		return fmt.Errorf("page %d: a bucket is cut short", id)
	}
	if root := order.Uint64(value); root != 0 {
		return w.bucket(root, depth+1)
	}
	inline := value[headerLen:]
	if len(inline) < headerLen || order.Uint16(inline[8:]) != flagLeaf {
		return fmt.Errorf("page %d: a bucket is of the wrong kind", id)
	}
	return w.leaf(page{id, flagLeaf, int(order.Uint16(inline[10:])), inline}, bounds{}, depth+1)
}

// element returns the head of an element.
func (p page) element(i int) ([]byte, error) {
	at := headerLen + i*elementLen
	if at+elementLen > len(p.data) {
		return nil, fmt.Errorf("page %d: it has too many elements", p.id)
	}
	return p.data[at : at+elementLen], nil
}

// bytes returns n bytes that stand a distance behind the head of an element.
func (p page) bytes(i int, distance, n uint32) ([]byte, error) {
	from := uint64(headerLen+i*elementLen) + uint64(distance)
	if from < uint64(headerLen+p.count*elementLen) || from+uint64(n) > uint64(len(p.data)) {
		return nil, fmt.Errorf("page %d: an element is out of bounds", p.id)
	}
	return p.data[from : from+uint64(n)], nil
}

func inOrder(id uint64, keys [][]byte, in bounds) error {
	for i, k := range keys {
		if i == 0 && bytes.Compare(k, in.from) < 0 || i > 0 && bytes.Compare(k, keys[i-1]) <= 0 || in.to != nil && bytes.Compare(k, in.to) >= 0 {
			return fmt.Errorf("page %d: its keys are out of order", id)
		}
	}
	return nil
}

// freelist compares the list of free pages with those that nothing uses.
func (w *walk) freelist(id uint64) error {
	pages, err := w.free(id)
	if err != nil {
		return err
	}
	free := make([]bool, w.High)
	for _, f := range pages {
		if free[f] || w.used[f] {
			return fmt.Errorf("page %d: it lists page %d as free", id, f)
		}
		free[f] = true
	}
	for i, used := range w.used {
		if !used && !free[i] {
			return fmt.Errorf("page %d: nothing uses it, and it is not free", i)
		}
	}
	return nil
}

// free reads the list of free pages that begins at a page.
func (w *walk) free(id uint64) ([]uint64, error) {
	p, err := w.take(id)
	if err != nil {
		return nil, err
	}
	n, at := uint64(p.count), uint64(headerLen)
	if p.count == 0xffff {
		n, at = order.Uint64(p.data[at:]), at+8
	}
	if p.flags != flagFreelist || n > (uint64(len(p.data))-at)/8 {
		return nil, fmt.Errorf("page %d: it is no list of free pages", id)
	}
	pages := make([]uint64, n)
	for i := range pages {
		if pages[i] = order.Uint64(p.data[at+8*uint64(i):]); pages[i] < 2 || pages[i] >= w.High {
			return nil, fmt.Errorf("page %d: it lists page %d as free", id, pages[i])
		}
	}
	return pages, nil
}
