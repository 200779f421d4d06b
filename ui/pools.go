package ui

import (
	"time"

	"silta/routing"
	"silta/routing/oncall"
)

// PoolsOf tells of the pools of a book's rules in force.
//
// Stamp: see [Pools].
func PoolsOf(book *routing.Book, stamp func() (version uint64, at time.Time)) Pools {
	return bookPools{book, stamp}
}

type bookPools struct {
	*routing.Book
	stamp func() (uint64, time.Time)
}

// Stamp implements Pools.
func (b bookPools) Stamp() (uint64, time.Time) { return b.stamp() }

// All implements Pools.
func (b bookPools) All() []Pool {
	rules := b.Rules()
	if rules == nil {
		return nil
	}
	list := make([]Pool, len(rules.Document().Pools))
	for i, p := range rules.Document().Pools {
		list[i] = Pool{ID: p.ID, Name: p.Name, About: p.About, Asks: p.Asks}
	}
	return list
}

// Find implements Pools.
func (b bookPools) Find(pool string) *routing.Pool {
	rules := b.Rules()
	if rules == nil {
		return nil
	}
	return rules.Pool(pool)
}

// OnCall implements Pools.
func (b bookPools) OnCall(pool string, at time.Time) (now, next []string) {
	rota := b.Rota(pool)
	now = rota.At(at)
	if change, ok := rota.NextChange(at); ok {
		next = rota.At(change)
	}
	return now, next
}

// until returns when who is on call changes next, or the zero time.
func until(r oncall.Rota, at time.Time) time.Time {
	change, _ := r.NextChange(at)
	return change
}
