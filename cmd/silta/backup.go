package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"filippo.io/age"

	"silta/cmd/internal/app"
	"silta/consult"
)

type backup struct {
	File string `arg:"" type:"path" help:"The file to write. One that exists is never overwritten."`
	dataFlag
	Recipient      []string `placeholder:"AGE1…" help:"Encrypt it for this age key; may be given several times."`
	PassphraseFile string   `placeholder:"FILE" help:"Encrypt it with the passphrase in the first line of this file."`
	WithMasterKey  bool     `help:"Put the master key in. Only an encrypted backup may hold it."`
	JSON           bool     `help:"Print the position and the hash as JSON."`
}

// Help ends the command's help.
func (backup) Help() string {
	return `The copy is of one moment and holds everything that was acknowledged before it: the journal, from which all else follows, but
not who is signed in, nor drafts. It works on a running server and on a stopped one. The file gets its name when all of it is on the disk.

Contents in it are sealed by the master key, which is not in it unless you ask: keep a copy of master.key elsewhere. Names of people,
times and references of requests are to be read only where the backup is encrypted. What is erased later stays in it.

Examples:
  silta backup /backup/silta-2026-11-21 --config /etc/silta/silta.yaml
  silta backup /backup/silta.age --recipient age1… --with-master-key --config /etc/silta/silta.yaml`
}

// Run writes the backup.
func (c backup) Run(ctx context.Context, w world) error {
	recipients, err := c.recipients()
	if err != nil {
		return err
	}
	if c.WithMasterKey && len(recipients) == 0 {
		return errors.New("--with-master-key: anybody could read such a backup; encrypt it, with --recipient or --passphrase-file")
	}
	if _, err := os.Lstat(c.File); err == nil {
		return fmt.Errorf("%s exists already, and is not overwritten", c.File)
	}
	dir, err := c.dir(w)
	if err != nil {
		return err
	}
	var head consult.Head
	err = withData(ctx, dir, func(admin app.Admin) error {
		return writeFile(c.File, func(file io.Writer) (err error) {
			out, finish := file, func() error { return nil }
			if len(recipients) > 0 {
				sealed, err := age.Encrypt(file, recipients...)
				if err != nil {
					return err
				}
				out, finish = sealed, sealed.Close
			}
			head, err = admin.Backup(ctx, out, c.WithMasterKey)
			return errors.Join(err, finish())
		})
	})
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(w.stdout, head)
	}
	_, err = fmt.Fprintf(w.stdout, "%s holds everything up to\n%s\n", c.File, head)
	return err
}

func (c backup) recipients() ([]age.Recipient, error) {
	if c.PassphraseFile != "" {
		if len(c.Recipient) > 0 {
			return nil, errors.New("--passphrase-file: a backup is encrypted for recipients or with a passphrase, not both")
		}
		secret, err := passphrase(c.PassphraseFile)
		if err != nil {
			return nil, err
		}
		r, err := age.NewScryptRecipient(secret)
		return []age.Recipient{r}, err
	}
	var all []age.Recipient
	for _, text := range c.Recipient {
		r, err := recipient(text)
		if err != nil {
			return nil, errors.New("--recipient: write a public key of age, such as age-keygen -y prints")
		}
		all = append(all, r)
	}
	return all, nil
}

// writeFile writes a new file under a temporary name, and gives it its own when all of it is on the disk.
func writeFile(name string, write func(io.Writer) error) (err error) {
	dir := filepath.Dir(name)
	f, err := os.CreateTemp(dir, "."+filepath.Base(name)+".partial-")
	if err != nil {
		return plain(err)
	}
	defer func() { err = errors.Join(plain(err), os.Remove(f.Name())) }()
	out := bufio.NewWriterSize(f, 256<<10)
	if err := errors.Join(write(out), out.Flush(), f.Sync(), f.Close()); err != nil {
		return err
	}
	// A link never takes the place of another file, which a renaming would.
	if err := os.Link(f.Name(), name); errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s exists already, and is not overwritten", name)
	} else if err != nil {
		return err
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
