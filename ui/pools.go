package ui

import (
	"time"

	"silta/routing"
)

// PoolsOf tells of the pools of a book's rules in force.
func PoolsOf(book *routing.Book) Pools { return bookPools{book} }

type bookPools struct{ book *routing.Book }

// All implements Pools.
func (b bookPools) All() []Pool {
	rules := b.book.Rules()
	if rules == nil {
		return nil
	}
	list := make([]Pool, len(rules.Document().Pools))
	for i, p := range rules.Document().Pools {
		list[i] = Pool{ID: p.ID, Name: p.Name, About: p.About, Asks: p.Asks}
	}
	return list
}

// OnCall implements Pools.
func (b bookPools) OnCall(pool string, at time.Time) (now, next []string) {
	rota := b.book.Rota(pool)
	now = rota.At(at)
	if change, ok := rota.NextChange(at); ok {
		next = rota.At(change)
	}
	return now, next
}
