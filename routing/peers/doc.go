// Package peers puts the same rules and requests to Silta and to six other engines that could have routed them, and measures how long
// each takes to name the first rule that matches. It is a module of its own, so that Silta doesn't carry their weight.
//
//	go test ./...                                           # all engines agree on the first match
//	go test -run TestRatios -v -ratios -timeout 1h          # how many times as long as Silta each takes
//	go test -run XXX -bench Match                           # the same for mixed rules, as a benchmark
//
// Rules and requests are drawn from a fixed seed: rules of equality, range, set and mixed conditions, 10 to 10,000 of them, and
// requests whose first match stands early, in the middle, late, or nowhere. Absolute times depend on the machine; ratios hardly do.
//
// Silta is asked for its whole decision, from the request as it was submitted: it looks up every code, then interlocks, the pool, and the
// notes of the decision. Everybody else is asked for the rule alone, and gets the request in the form that it likes best, converted before
// the clock runs. Every engine loads the rules once, and is used as its documentation advises for speed:
//
//   - Alertmanager: its route tree, one level deep, the receiver being the rule. Labels are single texts, so a range is a regular
//     expression of all its numbers, a set is a label per member, and "any of these" in a set takes several routes.
//   - cel-go: a checked program per rule, with folded constants, asked in order. CEL has no list of rules.
//   - expr: a compiled program per rule over a struct, asked in order on one virtual machine. It has no list of rules either.
//   - OPA: a prepared query over generated Rego, the least member of a partial set. Its rules ask for equality and membership, which OPA
//     indexes; ranges it does not.
//   - casbin: a policy per rule, with an effect that stops at the first that allows. Columns are texts, so ranges and sets are functions
//     in the matcher that take them apart. The answer is the explanation of the enforcement.
//   - grule: falling salience, and one round of matching without execution, on one instance of the knowledge base. It looks at every rule
//     even if the first one matches. It has no "one of these", and the sets are methods of the fact.
//
// Silta looks at 64 rules at a time, after a fixed part that takes the request in as far as the rules ask about it. So the others come
// closest among ten rules that all ask for one kind of thing, if the very first one matches: there Alertmanager, expr and cel-go answer
// nearly as quickly. A set of rules that an engine would take more than a minute to load is left out, and the output says so.
package peers
