// Package limit keeps one visitor from taking what is everybody's: it bounds how often somebody asks, how many open streams a person
// has, and how often a password can be guessed.
//
// What it knows is in memory, in tables of a bounded size. Full, they forget whoever was heard of least lately; after a restart they
// are empty.
package limit
