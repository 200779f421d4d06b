package tier_test

import (
	"bytes"
	"encoding/binary"
	"maps"
	"path/filepath"
	"slices"
	"testing"

	"go.etcd.io/bbolt"
	"pgregory.net/rapid"

	"silta/consult/internal/tier"
)

// Whatever is written, settled and undone, a table reads as a sorted map does, from either end and from any place.
func TestTableIsAMap(t *testing.T) {
	db, err := bbolt.Open(filepath.Join(t.TempDir(), "db"), 0o600, &bbolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	set := tier.Set{Front: []byte("front"), Behind: []tier.Bucket{{Name: []byte("a")}, {Name: []byte("b"), Fill: 0.9}}}
	rapid.Check(t, func(rt *rapid.T) {
		set.MostRow = rapid.SampledFrom([]int{0, 10}).Draw(rt, "most of a row")
		check(rt, db.Update(set.Clear))
		tables := []map[string]string{{}, {}}
		for range rapid.IntRange(1, 12).Draw(rt, "transactions") {
			tx, err := db.Begin(true)
			check(rt, err)
			changed := []map[string]string{maps.Clone(tables[0]), maps.Clone(tables[1])}
			check(rt, set.Begin(tx, rapid.Bool().Draw(rt, "few")))
			for range rapid.IntRange(0, 8).Draw(rt, "changes") {
				change(rt, tx, &set, changed)
			}
			compare(rt, tx, &set, changed)
			check(rt, set.End(tx))
			if rapid.Bool().Draw(rt, "settle") {
				check(rt, set.Settle(tx))
			}
			compare(rt, tx, &set, changed)
			if rapid.IntRange(0, 4).Draw(rt, "fate") == 0 {
				check(rt, tx.Rollback())
			} else {
				check(rt, tx.Commit())
				tables = changed
			}
			check(rt, db.View(func(tx *bbolt.Tx) error { compare(rt, tx, &set, tables); return nil }))
		}
	})
}

// What the front holds is bounded.
func TestFullFrontMoves(t *testing.T) {
	db, err := bbolt.Open(filepath.Join(t.TempDir(), "db"), 0o600, &bbolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	set := tier.Set{Front: []byte("front"), Behind: []tier.Bucket{{Name: []byte("a")}}}
	check(t, db.Update(set.Create))
	moved := 0
	for i := range 100 {
		check(t, db.Update(func(tx *bbolt.Tx) error {
			check(t, set.Begin(tx, true))
			check(t, set.Table(tx, 0).Put([]byte{byte(i)}, make([]byte, 300)))
			return set.End(tx)
		}))
		check(t, db.View(func(tx *bbolt.Tx) error {
			if tx.Bucket(set.Front) == nil {
				moved++
			}
			return nil
		}))
	}
	if moved < 3 || moved > 10 {
		t.Errorf("the front moved %d times with 30 KB", moved)
	}
}

func change(rt *rapid.T, tx *bbolt.Tx, set *tier.Set, tables []map[string]string) {
	n := rapid.IntRange(0, 1).Draw(rt, "table")
	key := rapid.StringMatching(`[a-c]{1,3}`).Draw(rt, "key")
	if rapid.IntRange(0, 2).Draw(rt, "what") == 0 {
		check(rt, set.Table(tx, n).Delete([]byte(key)))
		delete(tables[n], key)
		return
	}
	value := rapid.SampledFrom([]string{"", "x", string(make([]byte, 400)), string(make([]byte, 2000))}).Draw(rt, "value")
	check(rt, set.Table(tx, n).Put([]byte(key), []byte(value)))
	tables[n][key] = value
}

// compare looks at every key, walks each way, and from a place to and fro.
func compare(rt *rapid.T, tx *bbolt.Tx, set *tier.Set, tables []map[string]string) {
	for n, want := range tables {
		table := set.Table(tx, n)
		keys := slices.Sorted(maps.Keys(want))
		c := table.Cursor()
		i := 0
		for k, v := c.Seek(nil); k != nil; k, v = c.Next() {
			if i >= len(keys) || string(k) != keys[i] || string(v) != want[keys[i]] || !bytes.Equal(table.Get(k), v) {
				rt.Fatalf("table %d: key %q at %d of %q", n, k, i, keys)
			}
			i++
		}
		for k, _ := c.Last(); k != nil; k, _ = c.Prev() {
			if i--; i < 0 || string(k) != keys[i] {
				rt.Fatalf("table %d, back: key %q at %d of %q", n, k, i, keys)
			}
		}
		if i != 0 {
			rt.Fatalf("table %d: %d keys of %q are missing", n, i, keys)
		}
		from := rapid.StringMatching(`[a-d]{0,3}`).Draw(rt, "from")
		k, _ := c.Seek([]byte(from))
		at, _ := slices.BinarySearch(keys, from)
		for k != nil {
			if at < 0 || at >= len(keys) || string(k) != keys[at] {
				rt.Fatalf("table %d, from %q: key %q at %d of %q", n, from, k, at, keys)
			}
			if rapid.Bool().Draw(rt, "back") {
				k, _ = c.Prev()
				at--
			} else {
				k, _ = c.Next()
				at++
			}
		}
		if at >= 0 && at < len(keys) {
			rt.Fatalf("table %d, from %q: nothing at %d of %q", n, from, at, keys)
		}
		if v := table.Get([]byte("d")); v != nil {
			rt.Fatalf("a key that is not there: %q", v)
		}
	}
}

func check(tb interface{ Fatal(...any) }, err error) {
	if err != nil {
		tb.Fatal(err)
	}
}

// A front that is small enough takes no page of its own.
func TestInlineFront(t *testing.T) {
	db, err := bbolt.Open(filepath.Join(t.TempDir(), "db"), 0o600, &bbolt.Options{NoSync: true, PageSize: 8 << 10})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	set := tier.Set{Front: []byte("front"), Most: tier.Inline, Behind: []tier.Bucket{{Name: []byte("a")}}}
	check(t, db.Update(set.Create))
	most := 0
	for i := range 500 {
		check(t, db.Update(func(tx *bbolt.Tx) error {
			check(t, set.Begin(tx, true))
			check(t, set.Table(tx, 0).Put(binary.BigEndian.AppendUint64(nil, uint64(i)), make([]byte, i%90)))
			return set.End(tx)
		}))
		check(t, db.View(func(tx *bbolt.Tx) error {
			if front := tx.Bucket(set.Front); front != nil {
				most = max(most, front.Stats().KeyN)
				if front.Root() != 0 {
					t.Fatalf("after %d rows it has a page", i)
				}
			}
			return nil
		}))
	}
	if most < 10 {
		t.Errorf("it holds %d rows at most", most)
	}
}
