package routing

import (
	"math"
	"slices"
)

// relaxed is what prices say of a hitting set: each list has a price, and no set can be smaller than what the lists pay in all,
// less what numbers get above 1.
type relaxed struct {
	// bound is what no set falls below, set the smallest one that was met on the way.
	bound int
	set   []int
	// value is the bound before rounding, and cost what each number still costs at those prices.
	value float64
	cost  []float64
}

// How long prices are sought, and when a step is halved.
const (
	relaxSteps  = 120
	relaxStuck  = 8
	relaxSpread = 1e-6
)

// relax looks for prices that give a high bound, by going up the subgradient, and for a small set along the way. No set of limit
// numbers or more is of use.
func (b *bounded) relax(lists []numbers, limit int) relaxed {
	hits := hitsOf(lists)
	members := make([][]int, len(lists))
	for i, l := range lists {
		members[i] = slices.Collect(l.all)
	}
	r := relaxed{bound: 1, cost: make([]float64, len(hits))}
	prices, cost := firstPrices(members, hits), make([]float64, len(hits))
	step, stuck := 2.0, 0
	misses := make([]int, len(lists))
	for n := range relaxSteps {
		value := 0.0
		for x := range cost {
			cost[x] = 1
		}
		for i, m := range members {
			b.effort -= 2 * len(m)
			value += prices[i]
			for _, x := range m {
				cost[x] -= prices[i]
			}
		}
		for x := range cost {
			if hits[x] != nil && cost[x] < 0 {
				value += cost[x]
			}
		}
		if value > r.value+relaxSpread {
			r.value, stuck = value, 0
			copy(r.cost, cost)
		} else if stuck++; stuck == relaxStuck {
			step, stuck = step/2, 0
		}
		if n%10 == 0 {
			b.round(members, hits, cost, &r)
		}
		goal := min(len(r.set), limit)
		if r.bound = int(math.Ceil(r.value - relaxSpread)); r.bound >= goal || step < 0.01 {
			break
		}
		// A list that no cheap number hits pays more, one that several hit pays less.
		norm := 0
		for i, m := range members {
			misses[i] = 1
			for _, x := range m {
				if cost[x] < 0 {
					misses[i]--
				}
			}
			norm += misses[i] * misses[i]
		}
		if norm == 0 {
			break
		}
		gap := step * (float64(goal) - value) / float64(norm)
		for i := range prices {
			prices[i] = max(0, prices[i]+gap*float64(misses[i]))
		}
	}
	return r
}

// firstPrices are those at which no number gets above 1: of each list, what each of its numbers can pay to all that it hits alike.
func firstPrices(members [][]int, hits []numbers) []float64 {
	prices := make([]float64, len(members))
	for i, m := range members {
		prices[i] = math.Inf(1)
		for _, x := range m {
			prices[i] = min(prices[i], 1/float64(hits[x].count()))
		}
	}
	return prices
}

// round makes a set by the prices: of what still has to be hit, always the number that costs least for what it hits. Then what
// is not needed goes.
func (b *bounded) round(members [][]int, hits []numbers, cost []float64, r *relaxed) {
	open := newNumbers(len(members))
	for i := range members {
		open.add(i)
	}
	times := make([]int, len(members))
	var set []int
	for i := open.first(); i >= 0; i = open.first() {
		best, least := -1, math.Inf(1)
		for _, x := range members[i] { // One list at a time has to be hit.
			b.effort -= len(open)
			price := cost[x]
			if n := float64(hits[x].common(open)); price > 0 {
				price /= n
			} else {
				price *= n
			}
			if price < least {
				best, least = x, price
			}
		}
		set = append(set, best)
		for list := range hits[best].all {
			times[list]++
			open.remove(list)
		}
	}
	for i := len(set) - 1; i >= 0; i-- {
		own := hits[set[i]]
		needed := false
		for list := range own.all {
			needed = needed || times[list] == 1
		}
		if !needed {
			for list := range own.all {
				times[list]--
			}
			set = slices.Delete(set, i, i+1)
		}
	}
	if r.set == nil || len(set) < len(r.set) {
		r.set = set
	}
}

// drop takes the numbers out of the lists that no set of fewer numbers than limit can have. It reports whether there were any.
func (r *relaxed) drop(lists []numbers, limit int) bool {
	out := newNumbers(64 * len(lists[0]))
	found := false
	for _, l := range lists {
		for x := range l.all {
			if r.cost[x] > 0 && int(math.Ceil(r.value+r.cost[x]-relaxSpread)) >= limit {
				out.add(x)
				found = true
			}
		}
	}
	for _, l := range lists {
		for i := range l {
			l[i] &^= out[i]
		}
	}
	return found
}
