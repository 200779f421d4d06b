package view

import (
	"bytes"
	"encoding/binary"
	"slices"

	"go.etcd.io/bbolt"

	"silta/consult"
)

// Counts are kept in one row per pool, beside the view's position: a number of 4 bytes for every state, in the order of
// [consult.States].
const countPrefix = "count "

func countRow(pool string) []byte { return append([]byte(countPrefix), pool...) }

// Counts returns how many requests a pool has in each state, as the first or as a joined one. States without any are left out.
func (v *View) Counts(pool string) (map[consult.State]int, error) {
	counts := map[consult.State]int{}
	err := v.view(func(tx *bbolt.Tx) error {
		row := tx.Bucket(bucketView).Get(countRow(pool))
		for i, s := range consult.States {
			if len(row) < 4*(i+1) {
				break
			}
			if n := binary.BigEndian.Uint32(row[4*i:]); n > 0 {
				counts[s] = int(n)
			}
		}
		return nil
	})
	return counts, err
}

// OpenPools returns the pools that are to answer an open request, as the first or as a joined one.
func (v *View) OpenPools() (pools []string, err error) {
	err = v.view(func(tx *bbolt.Tx) error {
		c := tx.Bucket(bucketView).Cursor()
		for k, row := c.Seek([]byte(countPrefix)); bytes.HasPrefix(k, []byte(countPrefix)); k, row = c.Next() {
			for i, s := range consult.States {
				if s.Open() && len(row) >= 4*(i+1) && binary.BigEndian.Uint32(row[4*i:]) > 0 {
					pools = append(pools, string(k[len(countPrefix):]))
					break
				}
			}
		}
		return nil
	})
	return pools, err
}

// count moves the request from the counts of the old card to those of the new one.
func (c *change) count(tx *bbolt.Tx) error {
	if c.old.state == c.new.state && slices.Equal(c.old.pools, c.new.pools) {
		return nil
	}
	b := tx.Bucket(bucketView)
	for _, pool := range c.old.pools {
		if err := add(b, pool, c.old.state, -1); err != nil {
			return err
		}
	}
	for _, pool := range c.new.pools {
		if err := add(b, pool, c.new.state, 1); err != nil {
			return err
		}
	}
	return nil
}

func add(b *bbolt.Bucket, pool string, s consult.State, by int32) error {
	key := countRow(pool)
	row := make([]byte, 4*len(consult.States))
	copy(row, b.Get(key))
	at := row[4*(stateByte(s)-1):]
	binary.BigEndian.PutUint32(at, binary.BigEndian.Uint32(at)+uint32(by))
	if !slices.ContainsFunc(row, func(n byte) bool { return n != 0 }) {
		return b.Delete(key)
	}
	return b.Put(key, row)
}
