package notify

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"silta/consult"
)

// Due is the index of what time alone acts on.
type Due interface {
	// Due returns the subjects whose moment is not after now, the earliest first, at most limit. None is among them twice.
	Due(now time.Time, limit int) ([]consult.DueSubject, error)
}

// duePage is how many due subjects are asked for at once.
const duePage = 256

// eachDue calls do for every subject of a kind that is due, so many at the same time at most, and begins with the earliest. What is
// due for a subject next waits until all that was asked for with it is done: a subject's moments stay in their order. One that is
// still due after do is not tried again, and does not hide those behind it. It ends when do returns false or an error.
func eachDue(
	ctx context.Context, index Due, now time.Time, kind consult.SubjectKind, together int, do func(consult.DueSubject) (bool, error),
) error {
	type moment struct {
		id string
		at int64
	}
	tried := map[moment]bool{}
	for skipped := 0; ; {
		limit := 2*skipped + duePage
		page, err := index.Due(now, limit)
		if err != nil {
			return err
		}
		todo := slices.DeleteFunc(slices.Clone(page), func(d consult.DueSubject) bool {
			return d.Kind != kind || tried[moment{d.ID, d.At.UnixNano()}]
		})
		for _, d := range todo {
			tried[moment{d.ID, d.At.UnixNano()}] = true
		}
		if goOn, err := all(ctx, todo, together, do); err != nil || !goOn {
			return err
		}
		if len(todo) == 0 && len(page) < limit {
			return nil
		}
		skipped = len(page) - len(todo)
	}
}

// all calls do for the subjects in their order, so many at the same time at most, until one of the calls returns false or an error.
func all(ctx context.Context, subjects []consult.DueSubject, together int, do func(consult.DueSubject) (bool, error)) (goOn bool, err error) {
	var next atomic.Int64
	var first sync.Once
	var fault error
	goOn = true
	end := func(err error) {
		first.Do(func() { goOn, fault = false, err })
		next.Store(int64(len(subjects)))
	}
	var running sync.WaitGroup
	for range min(together, len(subjects)) {
		running.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(subjects)); i = next.Add(1) - 1 {
				if err := ctx.Err(); err != nil {
					end(err)
				} else if more, err := do(subjects[i]); err != nil || !more {
					end(err)
				}
			}
		})
	}
	running.Wait()
	return goOn, fault
}
