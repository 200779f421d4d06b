// Package feeds keeps the calendars that say who is on call and are kept elsewhere: in files, or at addresses.
//
// [Keeper.Refresh] reads them all. A calendar that cannot be read, or is no calendar, changes nothing: the last good copy counts, which
// is on disk and so outlives the program. When a calendar has not been read for a day it is stale, and [Keeper.States] says so. What is
// fetched is bounded in time and size, and asked for only if it has changed. Addresses may hold secrets, and calendars names: neither
// is ever part of an error.
package feeds
