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

// handOverFor is how long after its beginning a shift is told of: later, whoever has it knows, unless the program was down.
const handOverFor = 24 * time.Hour

// dutyRows is how many requests a letter lists.
const dutyRows = 10

// Tick writes what is to be written at a moment. last is when it was done before, the zero time if that is not known: what happened
// since then is made up, of shifts those that last. What fails for one pool does not keep the others from being told.
func (d *Duty) Tick(ctx context.Context, now, last time.Time) error {
	since := func(pause time.Duration) time.Time {
		if from := now.Add(-pause); last.IsZero() || last.After(from) {
			return from
		}
		return last
	}
	var faults []error
	for _, pool := range d.rotas.Pools() {
		if err := errors.Join(d.tellNews(ctx, pool, since(newsFor)), d.handOver(ctx, pool, since(handOverFor), now)); err != nil {
			faults = append(faults, fmt.Errorf("duty of %s: %w", pool, err))
		}
	}
	return errors.Join(faults...)
}

// tellNews tells of what was agreed since a moment.
func (d *Duty) tellNews(ctx context.Context, pool string, since time.Time) error {
	rota, err := d.view.Rota(pool)
	if err != nil {
		if consult.KindOf(err) == consult.NotFound {
			return nil
		}
		return err
	}
	for _, n := range rota.News {
		if n.At.Before(since) {
			continue
		}
		for _, person := range n.Tell {
			l := changeLetter(pool, n, person)
			id := LetterID(l.Kind, pool+" "+strconv.FormatUint(n.Revision, 10), person)
			if _, err := d.letters.Letter(ctx, id, person, l); err != nil {
				return err
			}
		}
	}
	return nil
}

// changeLetter tells a person of a change of duty.
func changeLetter(pool string, n consult.RotaNews, to string) consult.Letter {
	kind := string(n.Type)
	if n.Type == consult.TypeSwapAnswered {
		kind = "swap-" + string(n.Shift.Swap)
	}
	l := consult.Letter{
		Kind: kind, At: n.At, Path: "/pools/" + pool, Facts: []consult.LetterFact{
			{Name: "pool", Value: consult.LetterValue{Pool: pool}},
			{Name: "from", Value: consult.LetterValue{Moment: n.Shift.From}}, {Name: "ends", Value: consult.LetterValue{Moment: n.Shift.To}},
			{Name: "on-call", Value: nameFor(to, n.Shift.Person)},
		},
	}
	if n.Shift.For != "" {
		l.Facts = append(l.Facts, consult.LetterFact{Name: "instead-of", Value: nameFor(to, n.Shift.For)})
	}
	return l
}

// nameFor shows a person to a colleague, who may want to phone, or to themself.
func nameFor(reader, person string) consult.LetterValue {
	if reader == person {
		return consult.LetterValue{Person: person}
	}
	return consult.LetterValue{Colleague: person}
}

// handOver tells those whose duty has begun since a moment and goes on, and those whose ended with that.
func (d *Duty) handOver(ctx context.Context, pool string, since, now time.Time) error {
	rota := d.rotas.Rota(pool)
	onCall := rota.At(now)
	for _, s := range rota.Between(now, now.Add(1)) {
		if !s.From.After(since) {
			continue
		}
		before := rota.At(s.From.Add(-1))
		// Whoever goes on with another turn has nothing handed over. Nor has anybody before the plan's own beginning.
		if slices.Contains(before, s.Person) || !slices.Contains(onCall, s.Person) {
			continue
		}
		left := slices.DeleteFunc(slices.Clone(before), func(person string) bool { return slices.Contains(onCall, person) })
		begins, err := d.dutyLetter("duty-begins", pool, s, left)
		if err != nil {
			return err
		}
		if err := d.write(ctx, begins, pool, s, s.Person); err != nil {
			return err
		}
		ends, err := d.dutyLetter("duty-ends", pool, s, onCall)
		if err != nil {
			return err
		}
		for _, person := range left {
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

// dutyLetter tells at a hand-over from whom or to whom it goes, and what waits in the pool: how many, until when, and which first. It names
// requests by their references.
func (d *Duty) dutyLetter(kind, pool string, s consult.Shift, others []string) (consult.Letter, error) {
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
	l.Facts = []consult.LetterFact{{Name: "pool", Value: consult.LetterValue{Pool: pool}}}
	other := "on-call"
	if kind == "duty-begins" {
		l.Facts = append(l.Facts, consult.LetterFact{Name: "ends", Value: consult.LetterValue{Moment: s.To}})
		other = "before"
	}
	for _, person := range others {
		l.Facts = append(l.Facts, consult.LetterFact{Name: other, Value: consult.LetterValue{Colleague: person}})
	}
	l.Facts = append(l.Facts, consult.LetterFact{Name: "open", Value: consult.LetterValue{Number: open}},
		consult.LetterFact{Name: "unclaimed", Value: consult.LetterValue{Number: counts[consult.Submitted]}})
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
