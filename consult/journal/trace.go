package journal

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.etcd.io/bbolt"

	"silta/consult"
)

// Trace is where the entries of a subject stand.
type Trace struct {
	Kind consult.SubjectKind
	ID   string
	// Last is when the last of them was written.
	Last time.Time
	// Erased: the subject has lost its contents.
	Erased    bool
	positions []uint64
}

// Positions are those of the subject's entries, in order.
func (t Trace) Positions() []uint64 { return t.positions }

// Traces walks the whole journal and returns all subjects, in the order of their first entries.
func (j *Journal) Traces(ctx context.Context) ([]Trace, error) {
	at := map[string]int{}
	var traces []Trace
	for env, err := range j.Envelopes(0) {
		if err := errors.Join(err, ctx.Err()); err != nil {
			return nil, err
		}
		key := string(subjectKey(env.Kind, env.ID))
		i, known := at[key]
		if !known {
			i = len(traces)
			at[key], traces = i, append(traces, Trace{Kind: env.Kind, ID: env.ID})
		}
		traces[i].Last, traces[i].positions = env.At, append(traces[i].positions, env.Position)
	}
	err := j.view(func(tx *bbolt.Tx) error {
		for i := range traces {
			_, traces[i].Erased = subjectRow(tx, subjectKey(traces[i].Kind, traces[i].ID))
		}
		return nil
	})
	return traces, err
}

// eraseTogether is how many subjects one transaction erases.
const eraseTogether = 64

// EraseTraces erases subjects as [Journal.Erase] does, but without looking for their entries again.
func (j *Journal) EraseTraces(ctx context.Context, traces []Trace) error {
	for len(traces) > 0 {
		n := min(len(traces), eraseTogether)
		some := traces[:n]
		traces = traces[n:]
		r := newRequest(ctx)
		r.change = func(tx *bbolt.Tx) error {
			for _, t := range some {
				if err := j.erase(tx, t.Kind, t.ID, t.positions); err != nil {
					return err
				}
			}
			return nil
		}
		err := j.submit(ctx, r)
		if errors.Is(err, errGrown) {
			// Something was appended since the walk: each is looked for anew.
			for _, t := range some {
				if err := j.Erase(ctx, t.Kind, t.ID); err != nil {
					return err
				}
			}
			continue
		}
		if err != nil {
			return fmt.Errorf("erase: %w", err)
		}
	}
	return nil
}
