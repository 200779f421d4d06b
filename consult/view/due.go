package view

import (
	"bytes"
	"slices"
	"time"

	"go.etcd.io/bbolt"

	"silta/consult"
)

// Due returns the subjects whose moment has come, now included, the earliest first, limit at most.
func (v *View) Due(now time.Time, limit int) (due []consult.DueSubject, err error) {
	err = v.view(func(tx *bbolt.Tx) error {
		c := index(tx).Cursor()
		for k, _ := c.Seek([]byte{rowDue}); len(due) < limit; k, _ = c.Next() {
			s, ok := readDue(k)
			if !ok || s.At.After(now) {
				return nil
			}
			due = append(due, s)
		}
		return nil
	})
	return due, err
}

func readDue(k []byte) (consult.DueSubject, bool) {
	if len(k) <= 1+momentLen || k[0] != rowDue {
		return consult.DueSubject{}, false
	}
	kind, id, _ := bytes.Cut(k[1+momentLen:], []byte{0})
	return consult.DueSubject{Kind: consult.SubjectKind(kind), ID: string(id), At: readMoment(k[1:])}, true
}

// watchPage is how many requests one transaction of the watchdog's walk reads.
const watchPage = 200

// OpenWithoutDue looks at every open request, and returns those, limit at most, whose next moment is missing
// from the index: time would pass them by. At holds the moment, zero where the request has none. It should find nothing.
func (v *View) OpenWithoutDue(limit int) ([]consult.DueSubject, error) {
	var lost []consult.DueSubject
	for _, state := range consult.OpenStates {
		from := []byte{}
		for from != nil && len(lost) < limit {
			err := v.view(func(tx *bbolt.Tx) (err error) {
				from, err = v.watch(tx, state, from, &lost)
				return err
			})
			if err != nil {
				return nil, err
			}
		}
	}
	return lost[:min(limit, len(lost))], nil
}

// watch looks at the requests of a state in the pools' lists from a row on, and returns the row to go on from, nil at the end.
func (v *View) watch(tx *bbolt.Tx, state consult.State, from []byte, lost *[]consult.DueSubject) ([]byte, error) {
	all := []byte{rowList, byte(consult.ByPool)}
	c := index(tx).Cursor()
	k, _ := c.Seek(slices.Concat(all, from))
	for n := 0; bytes.HasPrefix(k, all); {
		pool, rest, ok := bytes.Cut(k[len(all):], []byte{0})
		if !ok || len(rest) <= 1+momentLen {
			return nil, errDamaged
		}
		if rest[0] != stateByte(state) {
			// To the state's first row in this pool, or in the next one.
			next := listPrefix(consult.ByPool, string(pool), state)
			if bytes.Compare(next, k) < 0 {
				next = slices.Concat(all, pool, []byte{1})
			}
			k, _ = c.Seek(next)
			continue
		}
		if n++; n > watchPage {
			return bytes.Clone(k[len(all):]), nil
		}
		if err := v.watchOne(tx, string(rest[1+momentLen:]), lost); err != nil {
			return nil, err
		}
		k, _ = c.Next()
	}
	return nil, nil
}

func (v *View) watchOne(tx *bbolt.Tx, id string, lost *[]consult.DueSubject) error {
	plain, err := v.plain(tx, consult.KindConsultation, id, 0)
	if err != nil {
		return err
	}
	r, err := decode[*consult.Consultation](plain)
	if err != nil {
		return err
	}
	at := r.Due()
	if !at.IsZero() && index(tx).Get(dueRow(at, consult.KindConsultation, id)) != nil {
		return nil
	}
	s := consult.DueSubject{Kind: consult.KindConsultation, ID: id, At: at}
	if !slices.Contains(*lost, s) {
		*lost = append(*lost, s)
	}
	return nil
}

// WaitingDeliveries returns the mails that are to be sent up to a moment, the next one first, limit at most.
func (v *View) WaitingDeliveries(until time.Time, limit int) ([]consult.Delivery, error) {
	return gather[consult.Delivery](v, func(tx *bbolt.Tx, found *[]contents) error {
		c := index(tx).Cursor()
		for k, _ := c.Seek([]byte{rowDue}); len(*found) < limit; k, _ = c.Next() {
			s, ok := readDue(k)
			if !ok || s.At.After(until) {
				return nil
			}
			if s.Kind != consult.KindDelivery {
				continue
			}
			plain, err := v.plain(tx, consult.KindDelivery, s.ID, 0)
			if err != nil {
				return err
			}
			*found = append(*found, plain)
		}
		return nil
	})
}

// HeldDeliveries returns the mails that wait for a person's digest, the oldest first.
func (v *View) HeldDeliveries(person string) ([]consult.Delivery, error) {
	return gather[consult.Delivery](v, func(tx *bbolt.Tx, found *[]contents) error {
		prefix := heldPrefix(person)
		c := index(tx).Cursor()
		for k, _ := c.Seek(prefix); bytes.HasPrefix(k, prefix) && len(k) > len(prefix)+momentLen; k, _ = c.Next() {
			plain, err := v.plain(tx, consult.KindDelivery, string(k[len(prefix)+momentLen:]), 0)
			if err != nil {
				return err
			}
			*found = append(*found, plain)
		}
		return nil
	})
}
