// Package rows is where a journal's file has its small rows: what is kept of each subject, and the commands that were carried out.
// They have a front (package tier) of their own, since every entry changes some.
package rows

import (
	"go.etcd.io/bbolt"

	"silta/consult/internal/tier"
)

// Names of the buckets.
const (
	SubjectsBucket = "subjects"
	CommandsBucket = "commands"
)

var set = tier.Set{
	Front: []byte("journal front"), Most: tier.Inline,
	// New subjects come at the end of their kind, as ids are made in the order of time.
	Behind: []tier.Bucket{{Name: []byte(SubjectsBucket), Fill: 0.9}, {Name: []byte(CommandsBucket)}},
}

// Create makes the buckets that are missing.
func Create(tx *bbolt.Tx) error { return set.Create(tx) }

// Begin prepares a transaction that changes few rows, or many.
func Begin(tx *bbolt.Tx, few bool) error { return set.Begin(tx, few) }

// End is called when all is written.
func End(tx *bbolt.Tx) error { return set.End(tx) }

// Settle puts every row into its bucket. Tables that were taken before are not to be used any more.
func Settle(tx *bbolt.Tx) error { return set.Settle(tx) }

// Subjects are the rows of subjects: for each its data key and its revision, and one row that belongs to the keyring.
func Subjects(tx *bbolt.Tx) tier.Table { return set.Table(tx, 0) }

// Commands hold the journal position of every command.
func Commands(tx *bbolt.Tx) tier.Table { return set.Table(tx, 1) }
