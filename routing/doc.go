// Package routing decides where a consultation request goes, and proves things about the rules that say so.
//
// The rules are one YAML document: working hours, interlocks, rules, pools and tests. [Parse] reads it strictly and reports
// every fault with its line and column; [Examine] adds what can be proved about it: rules that nothing reaches, requests that no
// rule takes, pools with nobody to answer. [Compile] makes it ready to decide: [Rules.Decide] finds the first rule that
// matches, [Rules.Explain] says why, [Rules.Schedule] and [Rules.Reach] when who has to act. [Diff] compares two documents over
// every possible request. [Book] holds the published versions, and [Publisher] puts new ones in force.
//
// But for those two everything here is a pure function of the document and the arguments, and they reach a store only through what they
// are made with: there is no clock, no disk and no network, so a stored version answers years later as it did on the day. No input,
// however hostile, makes it panic or run on: documents and analyses are bounded, and what hits a bound ends in a finding that says so.
package routing
