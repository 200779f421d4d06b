package journal

import (
	"go.etcd.io/bbolt"

	"silta/consult/internal/tier"
)

// entrySet is where the records are, by position. The last few are in front, in a page of their own: at the end of the others, a commit
// of one would write its leaf, a branch and the root again.
var entrySet = tier.Set{
	Front: []byte("entries front"), MostRow: 3 << 10,
	// Entries are only ever put at the end: pages that are left behind need no room.
	Behind: []tier.Bucket{{Name: bucketEntries, Fill: 1}},
}

func entriesIn(tx *bbolt.Tx) tier.Table { return entrySet.Table(tx, 0) }
