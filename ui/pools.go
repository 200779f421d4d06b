package ui

import (
	"time"

	"silta/routing"
	"silta/routing/oncall"
)

// PoolsOf tells of the pools of a book's rules in force. Feed gives the shifts of calendars and may be nil.
func PoolsOf(book *routing.Book, feed oncall.Feed) Pools { return bookPools{book, feed} }

type bookPools struct {
	book *routing.Book
	feed oncall.Feed
}

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
	rules := b.book.Rules()
	if rules == nil {
		return nil, nil
	}
	p := rules.Pool(pool)
	if p == nil {
		return nil, nil
	}
	now = p.OnCall.At(at, b.feed)
	if change, ok := p.OnCall.NextChange(at, b.feed); ok {
		next = p.OnCall.At(change, b.feed)
	}
	return now, next
}
