package notify

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"silta/consult"
	"silta/routing/oncall"
)

// Rotas says who is on call.
type Rotas interface {
	// Pools returns the ids of the pools of the rules in force.
	Pools() []string
	// Rota returns a pool's rota as it is now.
	Rota(pool string) oncall.Rota
}

// DutyView is what letters about duty are made of.
type DutyView interface {
	// Rota returns what was agreed about a pool's duty, or an error of kind [consult.NotFound] where nothing ever was.
	Rota(pool string) (consult.Rota, error)
	// Counts returns how many requests a pool has in each state, List a page of them.
	Counts(pool string) (map[consult.State]int, error)
	List(q consult.ListQuery) (consult.Page, error)
}

// Letters plans letters. [Planner] does.
type Letters interface {
	Letter(ctx context.Context, id, person string, l consult.Letter) (fresh bool, err error)
}

// Duty writes to whom duty comes and goes, and to whom a change of it concerns. It remembers nothing: a letter is known by the shift or
// the change that it is about, and is planned once however often it is tried.
type Duty struct {
	rotas   Rotas
	view    DutyView
	letters Letters
}

// NewDuty makes it. The arguments are all needed.
func NewDuty(r Rotas, v DutyView, l Letters) *Duty { return &Duty{rotas: r, view: v, letters: l} }

// newsFor is how old a change may be that people are still told of: longer than any failure of the mail that nobody notices.
const newsFor = 48 * time.Hour

// handOverFor is how long after its beginning a shift is told of: later, whoever has it knows.
const handOverFor = 24 * time.Hour

// dutyRows is how many requests a letter lists.
const dutyRows = 10

// Tick writes what is to be written at a moment. Of shifts that began while the program was down, only those that last and began lately are
// told of.
// What fails for one pool does not keep the others from being told.
func (d *Duty) Tick(ctx context.Context, now time.Time) error {
	var faults []error
	for _, pool := range d.rotas.Pools() {
		if err := errors.Join(d.tellNews(ctx, pool, now), d.handOver(ctx, pool, now)); err != nil {
			faults = append(faults, fmt.Errorf("duty of %s: %w", pool, err))
		}
	}
	return errors.Join(faults...)
}

// tellNews tells of what was agreed lately.
func (d *Duty) tellNews(ctx context.Context, pool string, now time.Time) error {
	rota, err := d.view.Rota(pool)
	if err != nil {
		if consult.KindOf(err) == consult.NotFound {
			return nil
		}
		return err
	}
	for _, n := range rota.News {
		if n.At.Before(now.Add(-newsFor)) {
			continue
		}
		l := changeLetter(pool, n)
		for _, person := range n.Tell {
			id := LetterID(l.Kind, pool+" "+strconv.FormatUint(n.Revision, 10), person)
			if _, err := d.letters.Letter(ctx, id, person, l); err != nil {
				return err
			}
		}
	}
	return nil
}

// changeLetter tells of a change of duty.
func changeLetter(pool string, n consult.RotaNews) consult.Letter {
	kind := string(n.Type)
	if n.Type == consult.TypeSwapAnswered {
		kind = "swap-" + string(n.Shift.Swap)
	}
	l := consult.Letter{
		Kind: kind, At: n.At, Path: "/pools/" + pool, Facts: []consult.LetterFact{
			{Name: "pool", Value: consult.LetterValue{Pool: pool}},
			{Name: "from", Value: consult.LetterValue{Moment: n.Shift.From}}, {Name: "ends", Value: consult.LetterValue{Moment: n.Shift.To}},
			{Name: "on-call", Value: consult.LetterValue{Text: n.Shift.Person}},
		},
	}
	if n.Shift.For != "" {
		l.Facts = append(l.Facts, consult.LetterFact{Name: "instead-of", Value: consult.LetterValue{Text: n.Shift.For}})
	}
	return l
}

// handOver tells those whose duty has begun, and those whose has ended with it.
func (d *Duty) handOver(ctx context.Context, pool string, now time.Time) error {
	rota := d.rotas.Rota(pool)
	onCall := rota.At(now)
	for _, s := range rota.Between(now, now.Add(1)) {
		if now.Sub(s.From) >= handOverFor {
			continue
		}
		before := rota.At(s.From.Add(-1))
		// Whoever goes on with another turn has nothing handed over. Nor has anybody before the plan's own beginning.
		if slices.Contains(before, s.Person) || !slices.Contains(onCall, s.Person) {
			continue
		}
		begins, err := d.dutyLetter("duty-begins", pool, s)
		if err != nil {
			return err
		}
		if err := d.write(ctx, begins, pool, s, s.Person); err != nil {
			return err
		}
		ends := begins
		ends.Kind = "duty-ends"
		for _, person := range before {
			if slices.Contains(onCall, person) {
				continue
			}
			if err := d.write(ctx, ends, pool, s, person); err != nil {
				return err
			}
		}
	}
	return nil
}

func (d *Duty) write(ctx context.Context, l consult.Letter, pool string, s consult.Shift, person string) error {
	_, err := d.letters.Letter(ctx, LetterID(l.Kind, pool+" "+s.From.UTC().Format(time.RFC3339), person), person, l)
	return err
}

// dutyLetter tells what waits in a pool: how many, until when, and which first. It names requests by their references.
func (d *Duty) dutyLetter(kind, pool string, s consult.Shift) (consult.Letter, error) {
	l := consult.Letter{Kind: kind, At: s.From, Path: "/queue?pool=" + pool}
	counts, err := d.view.Counts(pool)
	if err != nil {
		return l, err
	}
	page, err := d.view.List(consult.ListQuery{
		Scopes: []consult.Scope{{Kind: consult.ByPool, ID: pool}}, States: consult.OpenStates, Limit: dutyRows,
	})
	if err != nil {
		return l, err
	}
	open := 0
	for _, state := range consult.OpenStates {
		open += counts[state]
	}
	l.Facts = []consult.LetterFact{
		{Name: "pool", Value: consult.LetterValue{Pool: pool}}, {Name: "on-call", Value: consult.LetterValue{Text: s.Person}},
		{Name: "ends", Value: consult.LetterValue{Moment: s.To}},
		{Name: "open", Value: consult.LetterValue{Number: open}}, {Name: "unclaimed", Value: consult.LetterValue{Number: counts[consult.Submitted]}},
	}
	rows := consult.LetterSection{Title: "next-deadlines"}
	for _, c := range page.Items {
		rows.Rows = append(rows.Rows, consult.LetterRow{
			Words: "due", Path: "/requests/" + c.ID,
			Args: map[string]consult.LetterValue{"ref": {Text: c.Ref}, "when": {Moment: c.AnswerBy}},
		})
	}
	if len(rows.Rows) > 0 {
		l.Facts = append(l.Facts, consult.LetterFact{Name: "next-deadline", Value: consult.LetterValue{Moment: page.Items[0].AnswerBy}})
		l.Sections = []consult.LetterSection{rows}
	}
	return l, nil
}
