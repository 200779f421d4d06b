package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"filippo.io/age"

	"silta/cmd/internal/app"
	"silta/consult"
	"silta/consult/journal"
)

type restore struct {
	File string `arg:"" type:"path" help:"The backup."`
	dataFlag
	MasterKey      string `type:"path" placeholder:"FILE" help:"The master key, where it is not in the backup nor in the new directory."`
	Identity       string `type:"path" placeholder:"FILE" help:"The age identity that the backup is encrypted for."`
	PassphraseFile string `type:"path" placeholder:"FILE" help:"The passphrase that it is encrypted with, in the first line of this file."`
	JSON           bool   `help:"Print what was proved as JSON."`
}

// Help ends the command's help.
func (restore) Help() string {
	return `It makes a new data directory: one that does not exist, is empty, or holds master.key alone. Before it says that it is done, the
whole journal was proved and the view built. Everybody signs in again.
Exit status 1 if the backup is not whole.

Examples:
  silta restore /backup/silta-2026-11-21 --master-key /safe/master.key --config /etc/silta/silta.yaml
  silta restore /backup/silta.age --identity /safe/age.key --data /var/lib/silta`
}

// Run restores the backup.
func (c restore) Run(ctx context.Context, w world) error {
	dir, err := c.dir(w)
	if err != nil {
		return err
	}
	f, err := os.Open(c.File)
	if err != nil {
		return plain(err)
	}
	defer f.Close()
	r, err := c.decrypted(f)
	if err != nil {
		return err
	}
	proof, err := app.Restore(ctx, r, dir, c.MasterKey)
	if damage, ok := errors.AsType[*journal.DamageError](err); ok {
		fmt.Fprintf(w.stderr, "silta: not restored: %v\n", damage)
		return errNo
	}
	if errors.Is(err, journal.ErrBackup) {
		fmt.Fprintf(w.stderr, "silta: not restored: %v\n", err)
		return errNo
	}
	if err != nil {
		return plain(err)
	}
	if c.JSON {
		return printJSON(w.stdout, proof)
	}
	_, err = fmt.Fprintf(w.stdout, "%s is restored and proved\n%s\n", dir, describe(proof))
	return err
}

// decrypted returns what the file holds, decrypted where it is encrypted.
func (c restore) decrypted(f io.Reader) (io.Reader, error) {
	const ageMagic = "age-encryption.org/v1"
	in := bufio.NewReaderSize(f, 256<<10)
	begin, _ := in.Peek(len(ageMagic))
	if string(begin) != ageMagic {
		if c.Identity != "" || c.PassphraseFile != "" {
			return nil, errors.New("the backup is not encrypted; leave --identity and --passphrase-file out")
		}
		return in, nil
	}
	identities, err := c.identities()
	if err != nil {
		return nil, err
	}
	r, err := age.Decrypt(in, identities...)
	if _, ok := errors.AsType[*age.NoIdentityMatchError](err); ok {
		return nil, errors.New("the backup is encrypted for another key, or with another passphrase")
	}
	if err != nil {
		return nil, fmt.Errorf("the backup can't be decrypted: %w", err)
	}
	return r, nil
}

func (c restore) identities() ([]age.Identity, error) {
	switch {
	case c.PassphraseFile != "":
		secret, err := passphrase(c.PassphraseFile)
		if err != nil {
			return nil, err
		}
		i, err := age.NewScryptIdentity(secret)
		return []age.Identity{i}, err
	case c.Identity != "":
		data, err := smallFile(c.Identity)
		if err != nil {
			return nil, err
		}
		identities, err := age.ParseIdentities(bytes.NewReader(data))
		if err != nil {
			// The parser's own error may quote the file.
			return nil, fmt.Errorf("--identity: %s holds no age identity", c.Identity)
		}
		return identities, nil
	}
	return nil, errors.New("the backup is encrypted: give --identity or --passphrase-file")
}

// recipient reads a public key of age.
func recipient(text string) (age.Recipient, error) {
	all, err := age.ParseRecipients(bytes.NewReader([]byte(text)))
	if err != nil {
		return nil, err
	}
	if len(all) != 1 {
		return nil, errors.New("not one key")
	}
	return all[0], nil
}

// describe says what was proved.
func describe(p consult.Proof) string {
	return fmt.Sprintf("%d entries about %d subjects, %d of them erased; log, chain and view are whole\n%s", p.Position, p.Subjects, p.Erased, p.Head)
}
