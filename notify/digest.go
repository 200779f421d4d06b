package notify

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"silta/consult"
)

// OpenRequest is what a digest tells of a request that a pool is to answer.
type OpenRequest struct {
	ID, Ref  string
	Urgency  consult.Urgency
	State    consult.State
	Holder   string
	AnswerBy time.Time
}

// DigestPool is one of a person's pools.
type DigestPool struct {
	ID string
	// Works: today is one of its working days.
	Works bool
}

// DigestPost is what the morning's mails are made from; all of it is needed.
type DigestPost struct {
	// Everybody returns all people.
	Everybody func() ([]consult.Person, error)
	// Pools returns the pools that a person answers for.
	Pools func(person consult.Person, now time.Time) []DigestPool
	// Open returns the open requests of a pool, the earliest deadline first.
	Open func(pool string) ([]OpenRequest, error)
	// Held returns the deliveries to a person that wait for the digest, the oldest first.
	Held func(person string) ([]consult.Delivery, error)
}

// Digest writes each person's morning mail.
type Digest struct {
	DigestPost
	planner *Planner
}

// NewDigest makes a digest that plans its mails with a planner.
func NewDigest(p DigestPost, planner *Planner) *Digest { return &Digest{p, planner} }

// Run writes to everybody who wants it what was held back for them, and on working days what is open in their pools. It can be called
// any number of times: each person gets one mail a day. The error joins the failures, and names people by id.
func (d *Digest) Run(ctx context.Context, now time.Time) error {
	people, err := d.Everybody()
	if err != nil {
		return err
	}
	var faults []error
	for _, p := range people {
		if err := ctx.Err(); err != nil {
			return err
		}
		if p.Disabled || p.Email == "" {
			continue
		}
		if err := d.write(ctx, p, now); err != nil {
			faults = append(faults, fmt.Errorf("digest of %s: %w", p.ID, err))
		}
	}
	return errors.Join(faults...)
}

func (d *Digest) write(ctx context.Context, p consult.Person, now time.Time) error {
	pools := d.Pools(p, now)
	works := len(pools) == 0 && now.Weekday() != time.Saturday && now.Weekday() != time.Sunday ||
		slices.ContainsFunc(pools, func(pool DigestPool) bool { return pool.Works })
	if !works {
		return nil
	}
	held, err := d.Held(p.ID)
	if err != nil {
		return err
	}
	l := consult.Letter{Kind: "digest", At: now, Path: "/", Args: map[string]consult.LetterValue{"day": {Day: now}}}
	if err := d.news(&l, held); err != nil {
		return err
	}
	if p.Preferences.Morning {
		for _, pool := range pools {
			if !pool.Works {
				continue
			}
			if err := d.pool(&l, pool.ID, now); err != nil {
				return err
			}
		}
	}
	if len(l.Sections) == 0 {
		return nil
	}
	id := LetterID(l.Kind, now.Format(time.DateOnly), p.ID)
	fresh, err := d.planner.Letter(ctx, id, p.ID, l)
	if err != nil {
		return err
	}
	if !fresh {
		// It was written before, and only what it tells is told.
		written, err := d.planner.deliveries.Delivery(id)
		if err != nil || written.Letter == nil {
			return err
		}
		held = slices.DeleteFunc(held, func(h consult.Delivery) bool { return !h.HeldAt.Before(written.Letter.At) })
	}
	for _, h := range held {
		if err := d.planner.digested(ctx, h, now); err != nil {
			return err
		}
	}
	return nil
}

// news adds what was held back.
func (d *Digest) news(l *consult.Letter, held []consult.Delivery) error {
	s := consult.LetterSection{Title: "news"}
	for _, h := range held {
		e, err := d.planner.journal.Envelope(h.Position)
		if err != nil {
			return err
		}
		if e.Notice == nil {
			continue // Its request was erased.
		}
		s.Rows = append(s.Rows, consult.LetterRow{Words: "news", Path: "/requests/" + e.ID, Args: map[string]consult.LetterValue{
			"ref": {Text: e.Notice.Ref}, "what": {Word: "mail.short." + string(e.Type)}, "at": {Moment: e.At},
		}})
	}
	if len(s.Rows) > 0 {
		l.Sections = append(l.Sections, s)
	}
	return nil
}

// maxDigestRows bounds each list of a digest: the pages have the rest.
const maxDigestRows = 50

// pool adds a pool's requests that somebody should look at today: those that are late, due today, or nobody's.
func (d *Digest) pool(l *consult.Letter, pool string, now time.Time) error {
	open, err := d.Open(pool)
	if err != nil {
		return err
	}
	year, month, day := now.Date()
	midnight := time.Date(year, month, day+1, 0, 0, 0, 0, now.Location())
	lists := map[string][]consult.LetterRow{}
	for _, r := range open {
		title := ""
		switch {
		case r.State == consult.Waiting:
		case !r.AnswerBy.After(now):
			title = "late"
		case r.AnswerBy.Before(midnight):
			title = "today"
		case r.Holder == "":
			title = "unclaimed"
		}
		if title == "" || len(lists[title]) == maxDigestRows {
			continue
		}
		words := "open"
		if title == "late" {
			words = "late"
		}
		lists[title] = append(lists[title], consult.LetterRow{Words: words, Path: "/requests/" + r.ID, Args: map[string]consult.LetterValue{
			"ref": {Text: r.Ref}, "urgency": {Word: "urgency." + string(r.Urgency)}, "by": {Moment: r.AnswerBy},
		}})
	}
	for _, title := range []string{"late", "today", "unclaimed"} {
		if rows := lists[title]; len(rows) > 0 {
			l.Sections = append(l.Sections, consult.LetterSection{
				Title: title, Args: map[string]consult.LetterValue{"pool": {Pool: pool}}, Rows: rows,
			})
		}
	}
	return nil
}
