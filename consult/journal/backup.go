package journal

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	hashing "hash"
	"io"
	"os"

	"go.etcd.io/bbolt"

	"silta/consult"
	"silta/consult/internal/boltsafe"
)

// A backup is the journal's buckets as one transaction sees them, row by row, and the SHA-256 of it all at the end:
//
//	"silta journal 1\n", then marks of 1 byte:
//	b name        the rows of a bucket follow
//	r key value   a row
//	e             the end: position (8 bytes), hash of the last entry (32), and the SHA-256 of everything before (32)
//
// name, key and value have their length before them, as a varint. Free pages of the file, and what old bytes they hold, are
// not in it, nor is the projection: it follows from the journal.
const (
	backupMagic = "silta journal 1\n"

	markBucket = 'b'
	markRow    = 'r'
	markEnd    = 'e'
)

// maxRow is more than any row takes, in bytes.
const maxRow = maxEntry + 1<<20

// Backup writes a copy of the journal as it is now, and returns its head. It reads in one transaction, so that the copy is of
// one moment; appends go on meanwhile, but the file can't be made larger than what is mapped of it, nor use its freed pages
// again: w should not make it wait for long.
func (j *Journal) Backup(w io.Writer) (head consult.Head, err error) {
	out := &summing{sum: sha256.New(), w: w}
	err = j.view(func(tx *bbolt.Tx) error {
		position, last, err := storedHead(tx)
		if err != nil {
			return err
		}
		head = headOf(position, last)
		b := bufio.NewWriterSize(out, 256<<10)
		b.WriteString(backupMagic)
		for _, name := range buckets {
			b.WriteByte(markBucket)
			_ = writeBytes(b, name)
			err := each(tx, name, func(k, v []byte) error {
				b.WriteByte(markRow)
				_ = writeBytes(b, k)
				return writeBytes(b, v)
			})
			if err != nil {
				return err
			}
		}
		b.WriteByte(markEnd)
		b.Write(positionKey(position))
		b.Write(last[:])
		if err := b.Flush(); err != nil {
			return err
		}
		_, err = w.Write(out.sum.Sum(nil))
		return err
	})
	if err != nil {
		return consult.Head{}, fmt.Errorf("backup: %w", err)
	}
	return head, nil
}

// summing writes, and sums up what was written.
type summing struct {
	sum hashing.Hash
	w   io.Writer
}

func (s *summing) Write(p []byte) (int, error) {
	s.sum.Write(p)
	return s.w.Write(p)
}

// writeBytes writes a length and the bytes. A bufio.Writer keeps its first error, so the last one is enough.
func writeBytes(w *bufio.Writer, b []byte) error {
	var length [binary.MaxVarintLen64]byte
	w.Write(length[:binary.PutUvarint(length[:], uint64(len(b)))])
	_, err := w.Write(b)
	return err
}

// ErrBackup is wrapped by the error of a restore from what is no backup, or no whole one.
var ErrBackup = errors.New("it is no whole backup of a journal")

// Restore makes a new file of a backup and returns the head that it was made at. What the file holds is as the backup has it;
// whoever opens it builds the projection. A file that exists is never overwritten: the error is then one of [os.ErrExist].
// After another error no file is left.
func Restore(r io.Reader, path string) (head consult.Head, err error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return consult.Head{}, fmt.Errorf("restore: %w", err)
	}
	if err := f.Close(); err != nil {
		return consult.Head{}, errors.Join(fmt.Errorf("restore: %w", err), os.Remove(path))
	}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("restore: %w", err), os.Remove(path))
		}
	}()
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{PageSize: pageSize, FreelistType: bbolt.FreelistMapType, NoSync: true, NoGrowSync: true})
	if err != nil {
		return consult.Head{}, err
	}
	err = boltsafe.Do(func() error {
		head, err = restore(r, db)
		return errors.Join(err, db.Sync())
	})
	return head, errors.Join(err, boltsafe.Do(db.Close), syncDir(path))
}

// Bounds of one transaction of a restore.
const (
	restoreRows  = 10_000
	restoreBytes = 32 << 20
)

// reading reads a backup, and sums up what was read.
type reading struct {
	r   *bufio.Reader
	sum hashing.Hash
}

func restore(r io.Reader, db *bbolt.DB) (consult.Head, error) {
	in := &reading{bufio.NewReaderSize(r, 256<<10), sha256.New()}
	magic, err := in.take(uint64(len(backupMagic)))
	if err != nil || string(magic) != backupMagic {
		return consult.Head{}, errors.Join(ErrBackup, err)
	}
	var bucket []byte
	for done := false; !done; {
		err := db.Update(func(tx *bbolt.Tx) (err error) {
			bucket, done, err = in.rows(tx, bucket)
			return err
		})
		if err != nil {
			return consult.Head{}, err
		}
	}
	return in.end()
}

// rows puts rows until there are many or they end, and returns the bucket that the next one belongs to.
func (in *reading) rows(tx *bbolt.Tx, name []byte) (bucket []byte, done bool, err error) {
	var b *bbolt.Bucket
	if name != nil {
		b = tx.Bucket(name)
	}
	for n, size := 0, 0; n < restoreRows && size < restoreBytes; n++ {
		mark, err := in.take(1)
		if err != nil {
			return nil, false, err
		}
		switch {
		case mark[0] == markBucket:
			if name, err = in.bytes(); err != nil {
				return nil, false, err
			}
			if b, err = tx.CreateBucket(name); err != nil {
				return nil, false, errors.Join(ErrBackup, err)
			}
		case mark[0] == markRow && b != nil:
			key, err := in.bytes()
			if err != nil {
				return nil, false, err
			}
			value, err := in.bytes()
			if err != nil {
				return nil, false, err
			}
			b.FillPercent = 0.95
			if err := b.Put(key, value); err != nil {
				return nil, false, errors.Join(ErrBackup, err)
			}
			size += len(key) + len(value)
		case mark[0] == markEnd:
			return nil, true, nil
		default:
			return nil, false, ErrBackup
		}
	}
	return name, false, nil
}

// end reads what stands behind the last row.
func (in *reading) end() (consult.Head, error) {
	last, err := in.take(8 + hashLen)
	if err != nil {
		return consult.Head{}, err
	}
	want := in.sum.Sum(nil)
	sum, err := in.take(sha256.Size)
	if err != nil {
		return consult.Head{}, err
	}
	if !bytes.Equal(sum, want) {
		return consult.Head{}, fmt.Errorf("%w: its checksum does not match", ErrBackup)
	}
	return headOf(binary.BigEndian.Uint64(last), [hashLen]byte(last[8:])), nil
}

// take reads n bytes. A backup that ends too early is none.
func (in *reading) take(n uint64) ([]byte, error) {
	if n > maxRow {
		return nil, ErrBackup
	}
	b := make([]byte, n)
	if _, err := io.ReadFull(in.r, b); err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return nil, fmt.Errorf("%w: it is cut short", ErrBackup)
		}
		return nil, err
	}
	in.sum.Write(b)
	return b, nil
}

func (in *reading) bytes() ([]byte, error) {
	var length [binary.MaxVarintLen64]byte
	for i := range length {
		c, err := in.take(1)
		if err != nil {
			return nil, err
		}
		if length[i] = c[0]; c[0] < 0x80 {
			n, ok := binary.Uvarint(length[:i+1])
			if ok <= 0 {
				return nil, ErrBackup
			}
			return in.take(n)
		}
	}
	return nil, ErrBackup
}
