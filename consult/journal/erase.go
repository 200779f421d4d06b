package journal

import (
	"context"
	"errors"
	"fmt"

	"go.etcd.io/bbolt"

	"silta/consult"
	"silta/consult/internal/rows"
	"silta/consult/seal"
)

// Erase destroys the contents of a subject for good: its key, the sealed events of all of its entries, and what the
// projection holds of it. The envelopes stay, and the hash of each event, so that [Journal.Verify] still proves that nothing
// else is missing. The subject takes no further entries. To erase again is no error; a subject that does not exist is of kind
// [consult.NotFound].
//
// It walks the whole journal once. Pages that it freed keep their bytes in the file until they are used again.
func (j *Journal) Erase(ctx context.Context, kind consult.SubjectKind, id string) error {
	fail := func(err error) error { return fmt.Errorf("erase %s %s: %w", kind, id, err) }
	var positions []uint64
	after, known := uint64(0), 0
	for {
		for env, err := range j.Envelopes(after) {
			if err := errors.Join(err, ctx.Err()); err != nil {
				return fail(err)
			}
			if env.Kind == kind && env.ID == id {
				positions = append(positions, env.Position)
			}
			after = env.Position
		}
		if len(positions) == 0 {
			return fail(consult.Fail(consult.NotFound, "not-found.subject"))
		}
		r := newRequest(ctx)
		r.change = func(tx *bbolt.Tx) error { return j.erase(tx, kind, id, positions) }
		// An entry that came in between is looked for again: only the writer sees the last one.
		if err := j.submit(ctx, r); !errors.Is(err, errGrown) {
			if err != nil {
				return fail(err)
			}
			return nil
		}
		if known == len(positions) {
			return fail(&DamageError{0, errors.New("the subject's revision is not that of its last entry")})
		}
		known = len(positions)
	}
}

var errGrown = errors.New("the subject has more entries")

// erase destroys what a subject has in a transaction, or fails with [errGrown] where it has other entries than those at the positions.
func (j *Journal) erase(tx *bbolt.Tx, kind consult.SubjectKind, id string, positions []uint64) error {
	subject := subjectKey(kind, id)
	revision, erased := subjectRow(tx, subject)
	if erased {
		return nil
	}
	if revision != uint64(len(positions)) {
		return errGrown
	}
	entries := entriesIn(tx)
	for _, position := range positions {
		_, p, err := entryAt(tx, position)
		if err != nil {
			return err
		}
		if err := entries.Put(positionKey(position), p.tombstone(position)); err != nil {
			return err
		}
	}
	row := append(positionKey(revision), markErased...)
	if err := rows.Subjects(tx).Put(subject, row); err != nil {
		return err
	}
	if err := j.keys.Destroy(tx, kind, id); err != nil && !errors.Is(err, seal.ErrNoKey) {
		return err
	}
	return j.projection.Erase(tx, kind, id)
}
