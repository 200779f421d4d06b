// Package oncall says who of a pool is to be told first at a moment: from a rotation by day or week, from listed shifts, or
// from a calendar that is kept elsewhere.
//
// It is pure: calendars are read by others and come in as shifts. A rotation changes hands at the same wall-clock time all the
// year round, whatever the clocks do.
package oncall
