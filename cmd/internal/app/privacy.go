package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"silta/consult"
	"silta/notify"
)

// openingsBack is how far back openings are looked for that nobody was told of yet: longer than the program may be down.
const openingsBack = 14 * 24 * time.Hour

// tellOpenings writes to the leads of the pools whose requests were opened by others for a stated reason. Each is told once.
func (t *telling) tellOpenings(s *store) func(context.Context, time.Time) error {
	return func(ctx context.Context, now time.Time) error {
		notices, err := s.service.GrantsSince(rotas{s.book}.Pools(), now.Add(-openingsBack))
		for _, n := range notices {
			letter := notify.OpeningLetter(n.Grant)
			for _, person := range n.Tell {
				_, failed := t.planner.Letter(ctx, notify.LetterID(letter.Kind, n.Grant.ID, person), person, letter)
				err = errors.Join(err, failed)
			}
		}
		return err
	}
}

// keepHead adds the journal's head to a file, if there is one to be, and mails it to auditors and administrators.
func (t *telling) keepHead(s *store, file string) func(context.Context, time.Time) error {
	return func(ctx context.Context, now time.Time) error {
		head, err := s.journal.LastHead()
		if err != nil {
			return err
		}
		if file != "" {
			err = addLine(file, head.String()+" "+now.Format(time.RFC3339))
		}
		people, failed := s.view.People()
		err = errors.Join(err, failed)
		letter := notify.HeadLetter(head, now)
		for _, p := range people {
			if p.Disabled || !p.Is(consult.Auditor) && !p.Is(consult.Admin) {
				continue
			}
			_, failed := t.planner.Letter(ctx, notify.LetterID(letter.Kind, now.Format(time.DateOnly), p.ID), p.ID, letter)
			err = errors.Join(err, failed)
		}
		return err
	}
}

// addLine writes a line behind what a file holds, and returns when it is on the disk.
func addLine(file, line string) error {
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o640) // #nosec G302 -- hashes, for whoever keeps them elsewhere
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(f, line)
	return errors.Join(err, f.Sync(), f.Close())
}
