package routing

import (
	"slices"
	"strings"
	"time"

	"silta/consult"
)

// handOvers are the pools that a pool's steps hand requests over to, with the places.
func (p *Pool) handOvers() (to []string, at []Pos) {
	for _, step := range p.Escalate {
		for i, target := range step.To {
			if id, is := strings.CutPrefix(target, poolPrefix); is {
				to, at = append(to, id), append(at, step.ToAt[i])
			}
		}
	}
	return to, at
}

// reportClaimed reports the pools that claims give and that are not there: an error where who writes the one writes the other, too.
func (d *Document) reportClaimed(claimed []ClaimedPool, found *findings) {
	var here []use
	for _, c := range claimed {
		switch {
		case c.At != Pos{}:
			here = append(here, use{name: c.Pool, at: c.At})
		case d.pool(c.Pool) == nil:
			found.add(Pos{1, 1}, PoolClaimed, c.Pool, "pool-claimed", "pool", c.Pool, "provider", c.Provider)
		}
	}
	pools := make([]string, len(d.Pools))
	for i, p := range d.Pools {
		pools[i] = p.ID
	}
	found.unknown(here, pools, UnknownPool, "unknown-pool", "no-pools")
}

// reportAnswerers reports pools that requests can come to, by a rule or a hand-over, and that have nobody at all.
func (d *Document) reportAnswerers(a *analysis, found *findings) {
	var open []string
	for i := range d.Rules {
		if a.reached[i] != none {
			open = append(open, d.Rules[i].To)
			open = append(open, d.Rules[i].With...)
		}
	}
	if a.reached[len(d.Rules)] != none {
		open = append(open, d.Otherwise)
	}
	come := map[string]bool{}
	for len(open) > 0 {
		id := open[0]
		open = open[1:]
		if p := d.pool(id); p != nil && !come[id] {
			come[id] = true
			to, _ := p.handOvers()
			open = append(open, to...)
		}
	}
	for _, p := range d.Pools {
		nobody := p.OnCall.IsZero() || p.OnCall.Calendar != "" && len(p.OnCall.Staff) == 0
		if come[p.ID] && len(p.Members) == 0 && nobody && !p.onCallUnread {
			found.add(p.At, NoAnswerer, p.ID, "no-answerer", "pool", p.ID)
		}
	}
}

// reportLoops reports circles of hand-overs, each pool that is on one in at least one of them: of the pools that no circle reported
// before goes through, the shortest way back to it.
func (d *Document) reportLoops(found *findings) {
	place := make(map[string]int, len(d.Pools))
	for i, p := range d.Pools {
		place[p.ID] = i
	}
	next := make([][]int, len(d.Pools))
	for i := range d.Pools {
		to, _ := d.Pools[i].handOvers()
		for _, id := range to {
			if k, known := place[id]; known && !slices.Contains(next[i], k) {
				next[i] = append(next[i], k)
			}
		}
	}
	reported := make([]bool, len(d.Pools))
	for i := range d.Pools {
		if reported[i] {
			continue
		}
		circle := circleOf(next, i)
		if circle == nil {
			continue
		}
		names := make([]string, len(circle))
		for j, k := range circle {
			names[j], reported[k] = d.Pools[k].ID, true
		}
		p := &d.Pools[i]
		to, at := p.handOvers()
		found.add(at[slices.Index(to, names[1])], EscalationLoop, p.ID, "loop", "pools", strings.Join(names, " → "))
	}
}

// circleOf returns the shortest way that leads from a place back to it, with the place at both ends, or nil.
func circleOf(next [][]int, start int) []int {
	before := make([]int, len(next))
	for i := range before {
		before[i] = -1
	}
	for open := []int{start}; len(open) > 0; open = open[1:] {
		for _, k := range next[open[0]] {
			if k == start {
				way := []int{start}
				for at := open[0]; at != start; at = before[at] {
					way = append(way, at)
				}
				way = append(way, start)
				slices.Reverse(way)
				return way
			}
			if before[k] < 0 {
				before[k] = open[0]
				open = append(open, k)
			}
		}
	}
	return nil
}

// stepLooks bounds the comparing of steps, over all pools of a document.
const stepLooks = 10_000

// reportTime reports deadlines that cannot be met and steps that cannot fire. looks is how many times two steps may still be
// compared. ok is false for a pool that is never open.
func (p *Pool) reportTime(now time.Time, looks *int, found *findings) (ok bool) {
	if _, err := p.Calendar.NextOpen(now); err != nil {
		found.add(p.At, NeverInTime, p.ID, "never-open", "pool", p.ID)
		return false
	}
	for _, promise := range []struct {
		key    string
		within Deadlines
	}{{"never-claimed", p.ClaimWithin}, {"never-answered", p.AnswerWithin}} {
		for _, u := range consult.Urgencies {
			if _, err := p.Calendar.Add(now, promise.within[u]); err != nil {
				found.add(p.At, NeverInTime, p.ID, promise.key, "pool", p.ID, "within", promise.within[u].String())
				break
			}
		}
	}
	p.reportSteps(now, looks, found)
	p.reportClaimSteps(now, looks, found)
	p.reportLateClaims(now, looks, found)
	return true
}

// reportLateClaims reports the urgencies whose requests must be claimed only after they must be answered, tried for every sixth hour of
// two weeks.
func (p *Pool) reportLateClaims(now time.Time, looks *int, found *findings) {
	for _, u := range consult.Urgencies {
		if p.claimsLate(u, now, looks) {
			found.add(p.At, LateClaim, p.ID, "late-claim", "pool", p.ID, "urgency", string(u), "claim", p.ClaimWithin[u].String(),
				"answer", p.AnswerWithin[u].String())
		}
	}
}

func (p *Pool) claimsLate(u consult.Urgency, now time.Time, looks *int) bool {
	for hours := 0; hours < 14*24; hours += 6 {
		if *looks--; *looks <= 0 {
			return false
		}
		start := now.Add(time.Duration(hours) * time.Hour)
		claim, noClaim := p.Calendar.Add(start, p.ClaimWithin[u])
		answer, noAnswer := p.Calendar.Add(start, p.AnswerWithin[u])
		if noClaim != nil || noAnswer != nil || !claim.After(answer) {
			return false
		}
	}
	return true
}

// reportClaimSteps reports the steps of unclaimed that come after the answer is due at any urgency, tried for every sixth hour of two
// weeks.
func (p *Pool) reportClaimSteps(now time.Time, looks *int, found *findings) {
	for _, step := range p.Unclaimed {
		if step.At != (Pos{}) && p.neverReminds(step, now, looks) {
			found.add(step.At, NeverInTime, p.ID, "never-reminds", "pool", p.ID)
		}
	}
}

func (p *Pool) neverReminds(step Step, now time.Time, looks *int) bool {
	alone := *p
	alone.Unclaimed, alone.Escalate = []Step{step}, nil
	for hours := 0; hours < 14*24; hours += 6 {
		for _, u := range consult.Urgencies {
			if *looks--; *looks <= 0 {
				return false
			}
			s, err := alone.schedule(u, consult.Clock{Start: now.Add(time.Duration(hours) * time.Hour)})
			if err != nil || len(s.ClaimSteps) > 0 {
				return false
			}
		}
	}
	return true
}

// reportSteps reports the steps that always come after a hand-over: then the request is another pool's, and that pool's steps
// count.
func (p *Pool) reportSteps(now time.Time, looks *int, found *findings) {
	for i, step := range p.Escalate {
		for j, over := range p.Escalate {
			to, is := over.handOver()
			if is && i != j && *looks > 0 && p.alwaysAfter(step, over, now, looks) {
				found.add(step.At, NeverInTime, p.ID, "never-fires", "pool", p.ID, "to", to)
				break
			}
		}
	}
}

func (s Step) handOver() (string, bool) {
	for _, target := range s.To {
		if id, is := strings.CutPrefix(target, poolPrefix); is {
			return id, true
		}
	}
	return "", false
}

// alwaysAfter reports whether a step comes after another whenever a request is sent, tried for every sixth hour of two weeks
// where the durations alone do not tell.
func (p *Pool) alwaysAfter(step, other Step, now time.Time, looks *int) bool {
	if step.After.IsZero() || other.After.IsZero() {
		return step.rank() > other.rank()
	}
	for hours := 0; hours < 14*24; hours += 6 {
		if *looks--; *looks <= 0 {
			return false
		}
		due := now.Add(time.Duration(hours) * time.Hour)
		a, errA := p.Calendar.Add(due, step.After)
		b, errB := p.Calendar.Add(due, other.After)
		if errA != nil || errB != nil || !a.After(b) {
			return false
		}
	}
	return true
}

// rank orders steps by their share of the answer time; those after it come last.
func (s Step) rank() int {
	if s.After.IsZero() {
		return s.Percent
	}
	return 101
}
