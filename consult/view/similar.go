package view

import (
	"bytes"
	"cmp"
	"slices"

	"go.etcd.io/bbolt"

	"silta/consult"
)

// ageBands are the ages at which a new band begins: those of the services.
var ageBands = []int{7, 13, 18, 23}

func ageBand(age int) byte {
	i, at := slices.BinarySearch(ageBands, age)
	if at {
		i++
	}
	return byte(i)
}

// similarPrefix is what the rows of answered requests that are alike have in common.
func similarPrefix(pool string, c consult.Concern, age int) []byte {
	b := append(append([]byte{rowSimilar}, pool...), 0)
	return append(b, code(consult.Concerns, c), ageBand(age))
}

// similarRows are a request's among those that are alike, from its first answer on.
func (f *facts) similarRows(id string) [][]byte {
	if f.answered == nil {
		return nil
	}
	var rows [][]byte
	for _, c := range f.concerns {
		rows = append(rows, append(moment(similarPrefix(f.answered.pool, c, int(f.age)), f.answered.at), id...))
	}
	return rows
}

// similarLook is how many of the latest requests with a concern are looked at.
const similarLook = 50

// Similar returns requests that a pool has answered for clients of about the same age with one or more of the same concerns, those
// with the most of them first, then the latest.
func (v *View) Similar(pool string, concerns []consult.Concern, age, limit int) ([]*consult.Consultation, error) {
	return gather[*consult.Consultation](v, func(tx *bbolt.Tx, plains *[]contents) error {
		type alike struct {
			id string
			at []byte
			n  int
		}
		var found []*alike
		cursor := index(tx).Cursor()
		for _, concern := range concerns {
			prefix := similarPrefix(pool, concern, age)
			k, _ := lastBefore(cursor, slices.Concat(prefix, behindAll))
			for n := 0; n < similarLook && bytes.HasPrefix(k, prefix) && len(k) > len(prefix)+momentLen; n++ {
				id := string(k[len(prefix)+momentLen:])
				if i := slices.IndexFunc(found, func(a *alike) bool { return a.id == id }); i >= 0 {
					found[i].n++
				} else {
					found = append(found, &alike{id, bytes.Clone(k[len(prefix) : len(prefix)+momentLen]), 1})
				}
				k, _ = cursor.Prev()
			}
		}
		slices.SortFunc(found, func(a, b *alike) int {
			return cmp.Or(cmp.Compare(b.n, a.n), bytes.Compare(b.at, a.at), cmp.Compare(a.id, b.id))
		})
		for _, a := range found[:min(limit, len(found))] {
			plain, err := v.plain(tx, consult.KindConsultation, a.id, 0)
			if err != nil {
				return err
			}
			*plains = append(*plains, plain)
		}
		return nil
	})
}
