package view

import (
	"sync"
	"sync/atomic"

	"go.etcd.io/bbolt"

	"silta/consult"
)

// opened keeps the last revisions of people and tokens that were read, unsealed and decoded: every request of anybody asks for both.
// What is kept is used without a look at the file as long as no such document has changed since before it was read, and after that
// if the document still stands at that revision: a change or an erasure is seen at once.
type opened struct {
	mu   sync.RWMutex
	docs map[openedKey]openedDoc
	// changes counts the transactions that changed any, twice: when one begins to, and when it is committed. While it is odd, such a
	// transaction is under way, or was undone: then only the file knows.
	changes atomic.Uint64
}

type openedKey struct {
	kind consult.SubjectKind
	id   string
}

type openedDoc struct {
	revision uint64
	doc      any
	// changes are those that had been when it was known to be right.
	changes uint64
}

// maxOpened bounds the memory. More people than that at once are not expected; the odd one is then read anew.
const maxOpened = 10_000

func (o *opened) find(k openedKey, revision uint64) (any, bool) {
	o.mu.RLock()
	defer o.mu.RUnlock()
	d, ok := o.docs[k]
	return d.doc, ok && d.revision == revision
}

// current returns a document that is right without a look at the file.
func (o *opened) current(k openedKey, changes uint64) (any, bool) {
	o.mu.RLock()
	defer o.mu.RUnlock()
	d, ok := o.docs[k]
	return d.doc, ok && d.changes == changes && changes%2 == 0
}

// mayBeOpened reports whether documents of a kind may be kept: what is many or changes often never is.
func mayBeOpened(kind consult.SubjectKind) bool {
	return kind != consult.KindConsultation && kind != consult.KindDelivery
}

// change is called in the transaction that changes a document of a kind that may be kept.
func (o *opened) change(tx *bbolt.Tx) {
	o.changes.Or(1)
	tx.OnCommit(func() { // Several in one transaction are one.
		if o.changes.Load()%2 == 1 {
			o.changes.Add(1)
		}
	})
}

func (o *opened) keep(k openedKey, revision uint64, doc any, changes uint64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.docs == nil || len(o.docs) >= maxOpened {
		o.docs = map[openedKey]openedDoc{}
	}
	o.docs[k] = openedDoc{revision, doc, changes}
}

// getOpened is get for documents that are read often and seldom change. The document is shared: callers must not change what
// it points to.
func getOpened[T any](v *View, kind consult.SubjectKind, id string) (doc T, err error) {
	k := openedKey{kind, id}
	changes := v.opened.changes.Load() // Before the transaction: what ends later makes that out of date which is read now.
	if current, ok := v.opened.current(k, changes); ok {
		if current == nil {
			return doc, notFound()
		}
		return current.(T), nil
	}
	var plain contents
	kept, missing := false, false
	var revision uint64
	err = v.view(func(tx *bbolt.Tx) error {
		s, err := find(tx, documentKey(kind, id, 0))
		if err != nil {
			return err
		}
		if s == nil {
			if missing = kind == consult.KindRota; missing {
				return nil
			}
			return notFound()
		}
		revision = s.revision
		var opened any
		if opened, kept = v.opened.find(k, revision); kept {
			doc = opened.(T)
			return nil
		}
		plain, err = v.open(tx, s, kind, id)
		return err
	})
	switch {
	case err != nil:
		return doc, err
	case missing:
		// That there is none is asked as often: most pools have agreed nothing about their duty. Names and secrets can be guessed without end.
		v.opened.keep(k, 0, nil, changes)
		return doc, notFound()
	case !kept:
		if doc, err = decode[T](plain); err != nil {
			return doc, err
		}
	}
	v.opened.keep(k, revision, doc, changes)
	return doc, nil
}
