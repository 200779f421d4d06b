package view

import (
	"bytes"
	"iter"
	"time"

	"go.etcd.io/bbolt"

	"silta/consult"
)

// pastChunk is how many requests one transaction reads for [View.Submitted].
const pastChunk = 64

// Submitted returns the facts of the requests that were submitted since a moment, the latest first. It reads some at a time: one
// that is submitted meanwhile is left out, and one that is erased meanwhile may be.
func (v *View) Submitted(since time.Time) iter.Seq2[consult.Past, error] {
	return func(yield func(consult.Past, error) bool) {
		before := []byte{rowRef + 1}
		for {
			var ids []string
			docs, err := gather[*consult.Consultation](v, func(tx *bbolt.Tx, plains *[]contents) error {
				c := index(tx).Cursor()
				for k, id := lastBefore(c, before); len(ids) < pastChunk && bytes.HasPrefix(k, []byte{rowRef}); k, id = c.Prev() {
					before = bytes.Clone(k)
					ids = append(ids, string(id))
					plain, err := v.plain(tx, consult.KindConsultation, string(id), 0)
					if consult.KindOf(err) == consult.NotFound { // erased: its reference stays taken
						continue
					}
					if err != nil {
						return err
					}
					*plains = append(*plains, plain)
				}
				return nil
			})
			if err != nil {
				yield(consult.Past{}, err)
				return
			}
			for _, d := range docs {
				if d.SubmittedAt.Before(since) {
					return
				}
				if !yield(consult.Past{ID: d.ID, At: d.SubmittedAt, Facts: d.Request.Facts(d.Profession)}, nil) {
					return
				}
			}
			if len(ids) < pastChunk {
				return
			}
		}
	}
}
