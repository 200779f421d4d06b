// Package problem says over HTTP what went wrong: which status an error has, and the sentence that a person is told, in
// their language. The API shows it as RFC 9457 problem details; pages use the same table and the same sentences.
//
// Only an error of package consult can speak for itself. Any other is a fault of the program: it is logged under a random
// id, and the id is all that is shown of it.
package problem
