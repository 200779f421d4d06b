package journal

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"time"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"silta/consult"
	"silta/consult/internal/boltpages"
	"silta/consult/internal/boltsafe"
	"silta/consult/seal"
)

// Prove proves everything that can be proved of the file: that its pages are whole, all that [Journal.Verify] says of the entries,
// that the entries which were known as heads are still there, and that the projection is the one that the entries make. It
// returns what it went by, or a [*DamageError]. It runs beside appends; the projection is built again in a scratch file beside
// the journal's, which is removed at the end.
func (j *Journal) Prove(ctx context.Context, known ...consult.Head) (consult.Proof, error) {
	if err := j.checkPages(); err != nil {
		return consult.Proof{}, err
	}
	v := newVerification(j.keys)
	for _, h := range known {
		v.known[h.Position] = append(v.known[h.Position], h.Hash)
	}
	if err := j.verify(ctx, v); err != nil {
		return consult.Proof{}, err
	}
	for _, h := range known {
		if h.Position > v.position {
			return consult.Proof{}, &DamageError{v.position + 1, fmt.Errorf("it is missing: the head at %d was known", h.Position)}
		}
	}
	if err := j.proveProjection(ctx); err != nil {
		return consult.Proof{}, err
	}
	p := consult.Proof{Head: headOf(v.position, v.last), Erased: v.erased, Subjects: len(v.revisions)}
	return p, nil
}

func headOf(position uint64, last hash) consult.Head {
	if position == 0 {
		return consult.Head{}
	}
	return consult.Head{Position: position, Hash: hex.EncodeToString(last[:])}
}

// LastHead returns the head as it is now.
func (j *Journal) LastHead() (h consult.Head, err error) {
	err = j.view(func(tx *bbolt.Tx) error {
		position, last, err := storedHead(tx)
		h = headOf(position, last)
		return err
	})
	return h, err
}

// Examine proves the journal in a file that nobody has open, without changing anything in it. The error is a [*DamageError]
// where the journal is damaged, and another one where it can't be read at all.
func Examine(ctx context.Context, path string, keys *seal.Keyring, projection Projection, known ...consult.Head) (consult.Proof, error) {
	j := &Journal{keys: keys, projection: projection, done: make(chan struct{})}
	if projection == nil {
		j.projection = bare{}
	}
	info, err := os.Stat(path)
	if err != nil {
		return consult.Proof{}, fmt.Errorf("open journal: %w", err)
	}
	if info.Size() < 2*pageSize {
		return consult.Proof{}, &DamageError{0, errors.New("the file is cut short")}
	}
	err = boltsafe.Do(func() (err error) {
		db, err := bbolt.Open(path, 0o600, &bbolt.Options{Timeout: time.Second, ReadOnly: true, NoStatistics: true})
		j.db = &boltsafe.DB{DB: db}
		return err
	})
	switch {
	case err == nil:
	case errors.Is(err, boltsafe.ErrDamaged), errors.Is(err, bolterrors.ErrInvalid), errors.Is(err, bolterrors.ErrVersionMismatch),
		errors.Is(err, bolterrors.ErrChecksum):
		return consult.Proof{}, &DamageError{0, err}
	default:
		return consult.Proof{}, notOpened(err)
	}
	p, err := j.examine(ctx, known)
	return p, errors.Join(err, boltsafe.Do(j.db.Close))
}

func (j *Journal) examine(ctx context.Context, known []consult.Head) (consult.Proof, error) {
	err := j.view(func(tx *bbolt.Tx) error {
		meta := tx.Bucket(bucketMeta)
		if meta == nil {
			return &DamageError{0, errors.New("the file holds no journal")}
		}
		for _, name := range buckets {
			if tx.Bucket(name) == nil {
				return &DamageError{0, errors.New("a part of the journal is missing")}
			}
		}
		if !readable(meta.Get(rowFormat)) {
			return &DamageError{0, errors.New("the file is of another format")}
		}
		return j.keys.Check(tx)
	})
	if errors.Is(err, boltsafe.ErrDamaged) || errors.Is(err, seal.ErrSealed) {
		err = &DamageError{0, err}
	}
	if err != nil {
		return consult.Proof{}, err
	}
	return j.Prove(ctx, known...)
}

// checkPages proves that the pages of the present state are whole. A state that is overtaken while its beginning is looked for
// is left for the next one.
func (j *Journal) checkPages() error {
	file, err := os.Open(j.db.Path())
	if err != nil {
		return err
	}
	defer file.Close()
	const tries = 1000
	for range tries {
		err = j.view(func(tx *bbolt.Tx) error {
			_, err := boltpages.Read(file, uint64(tx.ID()))
			return err
		})
		if !errors.Is(err, boltpages.ErrChanged) {
			break
		}
	}
	if err == nil || errors.Is(err, ErrClosed) || errors.Is(err, boltpages.ErrChanged) {
		return err
	}
	return &DamageError{0, err}
}

// proveProjection has the projection compare itself with one that is built from the entries.
func (j *Journal) proveProjection(ctx context.Context) error {
	dir, err := os.MkdirTemp(filepath.Dir(j.db.Path()), scratchPrefix)
	if err != nil {
		return fmt.Errorf("scratch file: %w", err)
	}
	defer os.RemoveAll(dir)
	difference := ""
	err = boltsafe.Do(func() (err error) {
		difference, err = j.projection.Prove(ctx, j.db, filepath.Join(dir, "view.db"), j.readIn, j.event)
		return err
	})
	switch {
	case difference != "":
		return &DamageError{0, fmt.Errorf("%w: %s", errView, difference)}
	case errors.Is(err, boltsafe.ErrDamaged):
		return &DamageError{0, err}
	case errors.Is(err, bolterrors.ErrDatabaseNotOpen):
		return ErrClosed
	}
	return err
}

// scratchPrefix begins the names of directories in which projections are built for comparison.
const scratchPrefix = "scratch-"

// sweep removes what comparisons that were cut off have left behind. The journal's file must be ours alone.
func sweep(path string) error {
	dir := filepath.Dir(path)
	entries, err := os.ReadDir(dir)
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), scratchPrefix) {
			err = errors.Join(err, os.RemoveAll(filepath.Join(dir, e.Name())))
		}
	}
	return err
}

// readIn yields the entries after a position as a transaction sees them.
func (j *Journal) readIn(tx *bbolt.Tx, after uint64) iter.Seq2[consult.Entry, error] {
	return func(yield func(consult.Entry, error) bool) {
		head, _, err := storedHead(tx)
		for next := after + 1; err == nil && next <= head; {
			err = records(tx, next, head, func(position uint64, p parsed) error {
				e, err := j.open(tx, position, p)
				if err == nil && !yield(e, nil) {
					return errEnough
				}
				next = position + 1
				return err
			})
		}
		if err != nil && !errors.Is(err, errEnough) {
			yield(consult.Entry{}, err)
		}
	}
}

// errEnough ends a walk along records whose reader wants no more of them.
var errEnough = errors.New("enough")
