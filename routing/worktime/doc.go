// Package worktime is calendar arithmetic: when a pool is open, and where a deadline falls if only open time counts.
//
// It is pure. Every moment comes in as an argument, nothing is cached that could change an answer, and every search is bounded:
// a calendar that never opens gives [ErrNeverOpen] instead of looping.
//
// A calendar is open at a moment if the wall clock of its time zone then stands inside one of the day's spans. On a day with a
// clock change this counts the minutes that the day has: a span over the skipped hour is an hour shorter, one over the repeated
// hour an hour longer.
package worktime
