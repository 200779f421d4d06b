package ui

import (
	"strconv"
	"strings"
	"time"

	"silta/consult"
)

// cursorText writes a place in a list, for the address of its next page: its moment, in nanoseconds since 1970, and the id.
func cursorText(c consult.Cursor) string {
	if c == (consult.Cursor{}) {
		return ""
	}
	return strconv.FormatInt(c.At.UnixNano(), 36) + "." + c.ID
}

// cursorOf reads what cursorText wrote; the beginning of the list for anything else.
func cursorOf(s string) (consult.Cursor, string) {
	at, id, _ := strings.Cut(s, ".")
	n, err := strconv.ParseInt(at, 36, 64)
	if err != nil || !consult.ValidID(id) {
		return consult.Cursor{}, ""
	}
	return consult.Cursor{At: time.Unix(0, n).UTC(), ID: id}, s
}
