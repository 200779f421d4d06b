// Package notify tells what has happened: to other programs over NATS, to open screens, and to people by mail; and it
// sees to it that requests on which nobody acts are escalated.
//
// The journal is the truth, and everything here follows it. [Relay] publishes the clear notices of committed entries to
// a JetStream stream, never before the commit, in the journal's order and without a gap. The stream holds nothing that
// is not in the journal: where it is lost, damaged or of another journal, it is made anew and told again from the start.
// [Hub] wakes on the events and follows the journal for screens that are open; [Planner] hears them by a durable
// consumer and plans mails, which [Courier] sends. Both work at least once and recognise what they have seen by its
// position. NATS may fail at any time: the program goes on, and what was missed is made up.
//
// [Inbox] deals with what comes back: a mail that was not delivered tells the next people at once. A mail that a server refuses has
// the same consequences, and nothing else that comes in has any.
//
// [Escalator] needs neither NATS nor memory: at each tick it asks an index what is due.
//
// Nothing in this package can see what people typed: it reads envelopes, records of persons and of deliveries.
package notify
