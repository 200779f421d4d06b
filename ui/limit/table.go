package limit

import (
	"container/list"
	"sync"
)

// tableSize is how many names a table knows.
const tableSize = 100_000

// table maps names to what is known of them. Full, it forgets the one that was heard of least lately.
type table[T any] struct {
	mu    sync.Mutex
	rows  map[string]*list.Element
	order list.List // the latest first
}

type row[T any] struct {
	name  string
	value T
}

func newTable[T any]() *table[T] { return &table[T]{rows: map[string]*list.Element{}} }

// edit calls do with what is known of a name, the zero value if nothing is.
func (t *table[T]) edit(name string, do func(*T)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	e, ok := t.rows[name]
	if !ok {
		if len(t.rows) >= tableSize {
			last := t.order.Back()
			delete(t.rows, last.Value.(*row[T]).name)
			t.order.Remove(last)
		}
		e = t.order.PushFront(&row[T]{name: name})
		t.rows[name] = e
	}
	t.order.MoveToFront(e)
	do(&e.Value.(*row[T]).value)
}

// forget forgets a name.
func (t *table[T]) forget(name string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if e, ok := t.rows[name]; ok {
		delete(t.rows, name)
		t.order.Remove(e)
	}
}
