// Package journal is the journal in one bbolt file: the order of all changes, and the truth about them.
//
// An append is durable together with its effect on the projection (package view) when it returns: both are written in one
// transaction, which is on disk (fsync) before anybody hears of it. Appends that wait at the same time share a transaction;
// one that waits alone is committed at once. An append that is refused leaves the others of its transaction alone, and
// leaves no trace.
//
// Contents are sealed per subject (package seal). What is in clear is the [consult.Envelope].
//
// bbolt does not notice a changed byte. So every entry has a checksum and holds the hash of the entry before it, and every
// read checks the former, [Journal.Verify] all of it.
//
// When a commit fails, whoever was part of it gets the error. If the file may be in doubt after it, the journal refuses all
// further appends until it is opened again; it still reads.
package journal

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"silta/consult"
	"silta/consult/internal/boltsafe"
	"silta/consult/internal/rows"
	"silta/consult/seal"
)

var (
	_ consult.Orderer  = (*Journal)(nil)
	_ consult.Follower = (*Journal)(nil)
)

// ErrClosed is returned by everything that is asked of a journal after Close.
var ErrClosed = errors.New("the journal is closed")

// ErrDoubt is wrapped by the error of appends to a journal that could not find out whether an earlier commit is on disk.
var ErrDoubt = errors.New("an earlier commit is in doubt: open the journal again")

// ErrInUse is wrapped by the error of opening a file that another process has open.
var ErrInUse = errors.New("another process has the file open: a server that runs or is starting, or another command")

// notOpened is the error of a file that could not be opened.
func notOpened(err error) error {
	if errors.Is(err, bolterrors.ErrTimeout) {
		err = ErrInUse
	}
	return fmt.Errorf("open journal: %w", err)
}

// DamageError says where the journal is not what was written.
type DamageError struct {
	// Position is of the entry that is damaged, missing or out of its place; 0 where it is none in particular.
	Position uint64
	Cause    error
}

// Error names the position.
func (e *DamageError) Error() string {
	if e.Position == 0 {
		return fmt.Sprintf("journal: %v", e.Cause)
	}
	return fmt.Sprintf("journal entry %d: %v", e.Position, e.Cause)
}

// Unwrap returns the cause.
func (e *DamageError) Unwrap() error { return e.Cause }

// Fault says what kind of thing is damaged.
func (e *DamageError) Fault() consult.ProofFault {
	switch {
	case errors.Is(e.Cause, errView):
		return consult.FaultView
	case e.Position == 0:
		return consult.FaultFile
	case errors.Is(e.Cause, errMissing), errors.Is(e.Cause, errChain), errors.Is(e.Cause, errBeyond):
		return consult.FaultOrder
	}
	return consult.FaultEntry
}

// Options of a journal.
type Options struct {
	// LockTimeout is how long Open waits for another process that has the file open. 0: a second.
	LockTimeout time.Duration
	// MaxSize is the size in bytes beyond which the file does not grow; appends then fail. 0: no limit but the disk's.
	MaxSize int
}

// format is of the journal's buckets and records. Those of older ones only lack the front of [rows], and that of the entries, which a
// program of their time would not look into. A file of a newer one is not opened.
const format = 3

var (
	bucketMeta     = []byte("journal")
	bucketEntries  = []byte("entries")
	bucketSubjects = []byte(rows.SubjectsBucket)
	bucketCommands = []byte(rows.CommandsBucket)

	// buckets are all that the journal itself keeps; the projection has its own.
	buckets = [][]byte{bucketMeta, bucketEntries, bucketSubjects, bucketCommands}

	rowFormat = []byte("format")
	// rowHead holds the last position and the hash of its entry, so that a missing end is noticed.
	rowHead = []byte("head")
)

// pageSize is of a new file, in bytes. Larger pages are fewer places to write to in one commit, which is what it costs;
// much larger ones are more to write when many subjects change at once.
const pageSize = 8 << 10

// mapped is how much of the file is mapped at first: address space, not memory. The map of a file that outgrows it is
// doubled, for which the writer waits until no read is under way.
const mapped = 1 << 30

// Journal is an open journal. It is safe for concurrent use.
type Journal struct {
	db         *boltsafe.DB
	keys       *seal.Keyring
	projection Projection

	queue queue
	done  chan struct{} // closed when the writer has ended

	// Of the writer alone.
	room     room
	lastHash hash
	lastTx   int // the last transaction that is known to be on disk
	doubt    error

	// fault is why the writer's last transaction failed; nil: it did not.
	fault atomic.Pointer[error]

	head struct {
		sync.Mutex
		position uint64
		moved    chan struct{} // closed when the position moves, then made anew
		recent   recent
	}
}

// Open opens the journal in a file, which it makes at first use, and starts the projection on it; nil: without one. The
// file belongs to one process at a time.
func Open(path string, keys *seal.Keyring, projection Projection, o Options) (*Journal, error) {
	if o.LockTimeout == 0 {
		o.LockTimeout = time.Second
	}
	if projection == nil {
		projection = bare{}
	}
	j := &Journal{keys: keys, projection: projection, done: make(chan struct{})}
	j.queue.wake = make(chan struct{}, 1)
	j.head.moved = make(chan struct{})
	err := boltsafe.Do(func() (err error) {
		// Of the free pages an array takes the lowest, and so those of one commit side by side: written as one, they cost far less than
		// as many places.
		db, err := bbolt.Open(path, 0o600, &bbolt.Options{
			Timeout: o.LockTimeout, FreelistType: bbolt.FreelistArrayType, PageSize: pageSize, InitialMmapSize: mapped, MaxSize: o.MaxSize,
			NoStatistics: true,
		})
		j.db = &boltsafe.DB{DB: db}
		return err
	})
	if err != nil {
		return nil, notOpened(err)
	}
	if err := errors.Join(syncDir(path), sweep(path), j.start(path, o)); err != nil {
		return nil, errors.Join(fmt.Errorf("open journal: %w", err), j.closeFile())
	}
	go j.write()
	return j, nil
}

// Fault returns why the last transaction could not be written, nil where it was. After one that wraps [ErrDoubt] nothing is written any
// more; after another the next append tries again.
func (j *Journal) Fault() error {
	if fault := j.fault.Load(); fault != nil {
		return *fault
	}
	return nil
}

// syncDir makes a new file's name durable: what is in a file is no use if a power cut takes its name away.
func syncDir(path string) error {
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

func (j *Journal) start(path string, o Options) (err error) {
	if j.room, err = openRoom(path, o.MaxSize); err != nil {
		return err
	}
	if err := boltsafe.Update(j.db, j.prepareFile); err != nil {
		return err
	}
	if err := boltsafe.Do(func() error { return j.projection.Start(j.db, j.head.position, j.Read, j.event) }); err != nil {
		return err
	}
	return j.view(func(tx *bbolt.Tx) error { j.lastTx = tx.ID(); return nil })
}

// prepareFile makes what is missing, and finds the head.
func (j *Journal) prepareFile(tx *bbolt.Tx) error {
	j.room.ensure(tx.Size())
	meta, err := tx.CreateBucketIfNotExists(bucketMeta)
	if err != nil {
		return err
	}
	switch v := meta.Get(rowFormat); {
	case v == nil || readable(v) && v[0] < format:
		if err := meta.Put(rowFormat, []byte{format}); err != nil {
			return err
		}
	case !readable(v):
		return errors.New("the file is of another format: a newer program wrote it")
	}
	if err := errors.Join(entrySet.Create(tx), rows.Create(tx)); err != nil {
		return err
	}
	if err := j.keys.Start(tx); err != nil {
		return err
	}
	position, last, err := storedHead(tx)
	if err != nil {
		return err
	}
	k, v := entriesIn(tx).Cursor().Last()
	if k == nil && position == 0 {
		return nil
	}
	if len(k) != 8 || binary.BigEndian.Uint64(k) != position {
		return &DamageError{position, errors.New("it is not the last entry")}
	}
	p, err := parse(v, position)
	if err != nil {
		return &DamageError{position, err}
	}
	if p.hash(position) != last {
		return &DamageError{position, errChain}
	}
	j.head.position, j.lastHash = position, last
	return nil
}

// readable reports whether a row of the format is of one that this program reads.
func readable(v []byte) bool { return len(v) == 1 && v[0] >= 1 && v[0] <= format }

// storedHead reads the last position and its entry's hash.
func storedHead(tx *bbolt.Tx) (position uint64, last hash, err error) {
	v := tx.Bucket(bucketMeta).Get(rowHead)
	if v == nil {
		return 0, hash{}, nil
	}
	if len(v) != 8+hashLen {
		return 0, hash{}, &DamageError{0, errShort}
	}
	return binary.BigEndian.Uint64(v), hash(v[8:]), nil
}

// Close ends the journal: what waits is still appended, whatever comes later gets [ErrClosed]. It waits for reads that are
// under way. A second Close does nothing.
func (j *Journal) Close() error {
	j.queue.close()
	<-j.done
	j.head.Lock()
	j.head.recent = recent{}
	j.head.Unlock()
	var err error
	if j.doubt == nil {
		if err = boltsafe.Update(j.db, j.settle); errors.Is(err, bolterrors.ErrDatabaseNotOpen) {
			err = nil
		}
	}
	if err := errors.Join(err, j.closeFile()); err != nil {
		return fmt.Errorf("close journal: %w", err)
	}
	return nil
}

// settle puts in its place what is kept apart for speed.
func (j *Journal) settle(tx *bbolt.Tx) error {
	return errors.Join(entrySet.Settle(tx), rows.Settle(tx), j.projection.Settle(tx))
}

func (j *Journal) closeFile() error {
	err := boltsafe.Do(j.db.Close)
	if j.room.file == nil {
		return err
	}
	room := j.room.file.Close()
	if errors.Is(room, os.ErrClosed) {
		room = nil
	}
	return errors.Join(err, room)
}

// view calls fn in a transaction that reads. It must not be called within another one of the same goroutine: when the file
// grows, the second would wait for a writer that waits for the first.
func (j *Journal) view(fn func(tx *bbolt.Tx) error) error {
	err := boltsafe.View(j.db, fn)
	if errors.Is(err, bolterrors.ErrDatabaseNotOpen) {
		return ErrClosed
	}
	return err
}
