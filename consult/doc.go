// Package consult is the domain of Silta: consultation requests, the people who send and answer them, the commands
// that move a request through its life, and the rules about who may do and see what.
//
// It decides and remembers nothing by itself: [Decide] is a pure function from a state, a command and a moment to
// events, and [Service] ties decisions to the journal (package journal), the view (package view) and the routing
// (package routing), which it knows by the narrow interfaces declared here. The package imports the standard library only.
package consult
