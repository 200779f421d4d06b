// Package ical reads and writes iCalendar (RFC 5545) as far as duty needs it.
//
// Reading: an event is a duty from its start to its end. It names who is on call by its attendees, each found by mail address, or,
// where it has none that is known, by its summary: a person's id or full name. Events that repeat are spread out, with what is
// excepted (EXDATE), added (RDATE) and moved (RECURRENCE-ID); they begin and end at the same wall-clock times all the year round.
// All-day events and times without a zone are of the zone that the reader is given. Cancelled events do not count, nor do attendees
// who have declined. An event that cannot be understood is left out and told of; a text that is no calendar is refused as a whole.
//
// Writing: a feed that other calendars subscribe to, with lines folded at 75 octets and a description of its time zone.
//
// The package is pure: it touches no clock, disk or network. What is told of a calendar never holds any of its text.
package ical
