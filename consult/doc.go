// Package consult is the domain of Silta: consultation requests, the people who send and answer them, the commands
// that move a request through its life, and the rules about who may do and see what.
//
// A [Consultation] is the fold of its events. [Decide] is a pure function from what it is now, a [Command], who gives it
// and a moment to one [Event], or to the reason why not; [May] holds the table of who may do what, and
// [Consultation.After] folds the event in. [Service] ties decisions to the journal (package journal), the view (package
// view) and the routing (package routing), which it knows by the narrow interfaces declared here: it asks the rules what a
// command needs to know, has it decided, and appends the event, once more where somebody else was faster. Nothing is
// remembered in between. The package imports the standard library only.
package consult
