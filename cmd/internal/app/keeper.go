package app

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"silta/consult"
	"silta/consult/journal"
	"silta/consult/seal"
	"silta/consult/view"
)

// Keeper copies and proves the data of a server.
type Keeper interface {
	// Backup writes a copy of the data as it is at one moment, with the master key in it if asked, and returns the copy's head.
	Backup(ctx context.Context, w io.Writer, withKey bool) (consult.Head, error)
	// Prove proves that the data is whole, and that the heads which were known are part of it. Where it is not, the error is a
	// [journal.DamageError].
	Prove(ctx context.Context, known []consult.Head) (consult.Proof, error)
	// RotateKey replaces the master key, and returns how many keys were sealed again, or with forget takes the old one away, and returns
	// how many there were.
	RotateKey(ctx context.Context, forget bool) (int, error)
}

// A backup is a line that says what it is, the master key or an empty line, and what the journal writes of itself.
const (
	backupLine = "silta backup 1\n"
	// maxKeyLine is the longest line with a master key, in bytes.
	maxKeyLine = 1 << 20
)

func (o operator) Backup(_ context.Context, w io.Writer, withKey bool) (consult.Head, error) {
	var key bytes.Buffer
	if withKey {
		data, err := os.ReadFile(filepath.Join(o.dir, masterFile))
		if err != nil {
			return consult.Head{}, fmt.Errorf("master key: %w", err)
		}
		if err := json.Compact(&key, data); err != nil {
			return consult.Head{}, errors.New("master key: it is no keyset")
		}
	}
	if _, err := io.WriteString(w, backupLine+key.String()+"\n"); err != nil {
		return consult.Head{}, err
	}
	return o.journal.Backup(w)
}

func (o operator) Prove(ctx context.Context, known []consult.Head) (consult.Proof, error) {
	return o.journal.Prove(ctx, known...)
}

// Prove proves the data in a directory: the server's that runs on it has itself proved; else nothing in the directory is
// changed. Errors are those of [Keeper.Prove], and of [os.ErrNotExist] for a directory without data.
func Prove(ctx context.Context, dir string, known []consult.Head) (consult.Proof, error) {
	if _, err := os.Stat(filepath.Join(dir, journalFile)); err != nil {
		return consult.Proof{}, fmt.Errorf("no data of a server is there: %w", err)
	}
	r, closeRemote, ok, err := dial(ctx, dir, patience)
	if err != nil {
		return consult.Proof{}, err
	}
	if ok {
		defer closeRemote()
		return r.Prove(ctx, known)
	}
	keys, err := seal.LoadMaster(filepath.Join(dir, masterFile))
	if err != nil {
		return consult.Proof{}, err
	}
	return journal.Examine(ctx, filepath.Join(dir, journalFile), keys, view.New(keys, view.Options{}), known...)
}

// ErrNotEmpty is returned by [Restore] for a directory that has something in it.
var ErrNotEmpty = errors.New("the directory is not empty")

// restoring is behind the journal's name until all is proved.
const restoring = ".restoring"

// Restore makes a data directory of a backup. The directory is new, empty, or holds the master key alone; the key is the
// backup's own, or else in the file named, or else in the directory. Nothing is in place before all of it is proved.
func Restore(ctx context.Context, r io.Reader, dir, keyFile string) (_ consult.Proof, err error) {
	fail := func(err error) (consult.Proof, error) { return consult.Proof{}, err }
	own, err := vacant(dir)
	if err != nil {
		return fail(err)
	}
	in := bufio.NewReaderSize(r, 256<<10)
	key, err := readHead(in)
	if err != nil {
		return fail(err)
	}
	keep := len(key) > 0
	if !keep {
		if keyFile == "" && !own {
			return fail(errors.New("the master key is not in the backup: name its file, or put it into the directory as " + masterFile))
		}
		if keep = keyFile != ""; !keep {
			keyFile = filepath.Join(dir, masterFile)
		}
		if key, err = os.ReadFile(keyFile); err != nil {
			return fail(fmt.Errorf("master key: %w", err))
		}
	}
	if keep && own {
		return fail(fmt.Errorf("%w: it has a master key already", ErrNotEmpty))
	}
	keys, err := seal.ReadMaster(key)
	if err != nil {
		return fail(err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fail(fmt.Errorf("data directory: %w", err))
	}
	path := filepath.Join(dir, journalFile)
	head, err := journal.Restore(in, path+restoring)
	if err != nil {
		return fail(err)
	}
	proof, err := proveRestored(ctx, path+restoring, keys, head)
	if err == nil && keep {
		err = seal.SaveMaster(filepath.Join(dir, masterFile), key)
	}
	if err != nil {
		return fail(errors.Join(err, os.Remove(path+restoring)))
	}
	return proof, errors.Join(os.Rename(path+restoring, path), syncDir(dir))
}

// proveRestored builds the view and proves everything.
func proveRestored(ctx context.Context, path string, keys *seal.Keyring, head consult.Head) (consult.Proof, error) {
	j, err := journal.Open(path, keys, view.New(keys, view.Options{}), journal.Options{})
	if err != nil {
		return consult.Proof{}, err
	}
	var known []consult.Head
	if head.Position > 0 {
		known = append(known, head)
	}
	proof, err := j.Prove(ctx, known...)
	if err == nil && proof.Head != head {
		err = &journal.DamageError{Position: proof.Position, Cause: errors.New("it is beyond the backup's head")}
	}
	return proof, errors.Join(err, j.Close())
}

// vacant returns an error unless the directory may become a data directory, and whether the master key is there.
func vacant(dir string) (key bool, err error) {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return false, fmt.Errorf("data directory: %w", err)
	}
	for _, e := range entries {
		// A file system of its own has that directory from the beginning.
		switch e.Name() {
		case masterFile:
			key = true
		case "lost+found":
		default:
			return false, fmt.Errorf("%s: %w: %s is in it", dir, ErrNotEmpty, e.Name())
		}
	}
	return key, nil
}

// readHead reads the two lines before the journal and returns the master key, empty where it is not in the backup.
func readHead(in *bufio.Reader) (key []byte, err error) {
	first, err := in.Peek(len(backupLine))
	if err != nil || string(first) != backupLine {
		return nil, fmt.Errorf("%w: it does not begin as one", journal.ErrBackup)
	}
	if _, err := in.Discard(len(backupLine)); err != nil {
		return nil, err
	}
	for {
		part, err := in.ReadSlice('\n')
		key = append(key, part...)
		switch {
		case err == nil:
			return bytes.TrimSpace(key), nil
		case !errors.Is(err, bufio.ErrBufferFull) || len(key) > maxKeyLine:
			return nil, fmt.Errorf("%w: it is cut short", journal.ErrBackup)
		}
	}
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// patient gives every write its own time, until the context ends: who reads slowly is waited for, who has stopped reading is not.
type patient struct {
	ctx context.Context
	io.Writer
	extend func(time.Time) error
}

// stall is how long one write may take, in the control socket's conversations.
const stall = 30 * time.Second

func (p patient) Write(b []byte) (int, error) {
	if err := p.extend(time.Now().Add(stall)); err != nil {
		return 0, err
	}
	// Asked afterwards: what ends the context shortens the time to nothing then.
	if err := p.ctx.Err(); err != nil {
		return 0, err
	}
	return p.Writer.Write(b)
}
