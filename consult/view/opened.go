package view

import (
	"sync"

	"go.etcd.io/bbolt"

	"silta/consult"
)

// opened keeps the last revisions of people and tokens that were read, unsealed and decoded: every request of anybody asks for both.
// What is kept is used only while the document itself still stands at that revision, so a change or an erasure is seen at once.
type opened struct {
	mu   sync.RWMutex
	docs map[openedKey]openedDoc
}

type openedKey struct {
	kind consult.SubjectKind
	id   string
}

type openedDoc struct {
	revision uint64
	doc      any
}

// maxOpened bounds the memory. More people than that at once are not expected; the odd one is then read anew.
const maxOpened = 10_000

func (o *opened) find(k openedKey, revision uint64) (any, bool) {
	o.mu.RLock()
	defer o.mu.RUnlock()
	d, ok := o.docs[k]
	return d.doc, ok && d.revision == revision
}

func (o *opened) keep(k openedKey, revision uint64, doc any) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.docs == nil || len(o.docs) >= maxOpened {
		o.docs = map[openedKey]openedDoc{}
	}
	o.docs[k] = openedDoc{revision, doc}
}

// getOpened is get for documents that are read often and seldom change. The document is shared: callers must not change what
// it points to.
func getOpened[T any](v *View, kind consult.SubjectKind, id string) (doc T, err error) {
	k := openedKey{kind, id}
	var plain contents
	kept := false
	var revision uint64
	err = v.view(func(tx *bbolt.Tx) error {
		s, err := find(tx, documentKey(kind, id, 0))
		if err != nil {
			return err
		}
		if s == nil {
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
	if err != nil || kept {
		return doc, err
	}
	if doc, err = decode[T](plain); err == nil {
		v.opened.keep(k, revision, doc)
	}
	return doc, err
}
