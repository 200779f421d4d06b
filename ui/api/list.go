package api

import (
	"encoding/base64"
	"encoding/binary"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"silta/consult"
)

// defaultPage is how many requests a page has where nobody says.
const defaultPage = 50

// pageOutput is one page of a list. Next is what the next one is after, "" at the end.
type pageOutput struct {
	Items []summaryOutput `json:"items"`
	Next  string          `json:"next"`
}

// list shows a page of one of the caller's boxes.
func (a *API) list(c echo.Context, who consult.Actor) error {
	query, err := url.ParseQuery(c.Request().URL.RawQuery)
	if err != nil {
		return invalid("", "not-utf8")
	}
	f, err := filterOf(query)
	if err != nil {
		return err
	}
	page, err := a.with.Service.List(c.Request().Context(), who, f)
	if err != nil {
		return err
	}
	out := pageOutput{Items: make([]summaryOutput, len(page.Items))}
	zone := a.zone()
	for i, con := range page.Items {
		out.Items[i] = summaryOf(con, zone)
	}
	if page.Next != (consult.Cursor{}) {
		out.Next = cursorText(page.Next)
	}
	return send(c, http.StatusOK, out)
}

// filterOf reads the query, strictly as bodies are read: a filter that was mistyped would show more than was asked for.
func filterOf(q url.Values) (consult.ListFilter, error) {
	var faults []consult.FieldError
	fault := func(name, code string, args map[string]any) {
		faults = append(faults, consult.FieldError{Pointer: name, Code: code, Args: args})
	}
	known := []string{"box", "pool", "state", "limit", "after"}
	for name, values := range q {
		switch {
		case !slices.Contains(known, name):
			if !isName(name) {
				name = ""
			}
			fault("/"+name, "unknown-field", nil)
		case len(values) > 1:
			fault("/"+name, "duplicate-field", nil)
		}
	}
	f := consult.ListFilter{Box: consult.Box(q.Get("box")), Pool: q.Get("pool"), Limit: defaultPage}
	switch {
	case f.Box == "":
		fault("/box", "required", nil)
	case !slices.Contains(consult.Boxes, f.Box):
		faults = append(faults, consult.UnknownValue("/box", consult.Boxes))
	}
	if state := consult.State(q.Get("state")); state != "" {
		if !slices.Contains(consult.States, state) {
			faults = append(faults, consult.UnknownValue("/state", consult.States))
		}
		f.States = []consult.State{state}
	}
	if limit := q.Get("limit"); limit != "" {
		n, err := strconv.Atoi(limit)
		if err != nil || n < 1 {
			fault("/limit", "out-of-range", map[string]any{"min": 1, "max": consult.MaxPage})
		}
		f.Limit = min(n, consult.MaxPage)
	}
	if after := q.Get("after"); after != "" {
		var ok bool
		if f.After, ok = cursorOf(after); !ok {
			fault("/after", "bad-cursor", nil)
		}
	}
	if len(faults) == 0 {
		return f, nil
	}
	slices.SortFunc(faults, func(a, b consult.FieldError) int { return slices.Compare([]byte(a.Pointer), []byte(b.Pointer)) })
	return f, &consult.Error{Kind: consult.Invalid, Key: "invalid", Fields: faults}
}

// cursorText writes a place in a list: the seconds and nanoseconds of the deadline, and the id.
func cursorText(c consult.Cursor) string {
	b := make([]byte, 0, 12+len(c.ID))
	b = binary.BigEndian.AppendUint64(b, uint64(c.At.Unix()))
	b = binary.BigEndian.AppendUint32(b, uint32(c.At.Nanosecond()))
	return base64.RawURLEncoding.EncodeToString(append(b, c.ID...))
}

// cursorOf reads what [cursorText] wrote, and nothing else.
func cursorOf(s string) (consult.Cursor, bool) {
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil || len(b) < 12 || !consult.ValidID(string(b[12:])) {
		return consult.Cursor{}, false
	}
	nanos := binary.BigEndian.Uint32(b[8:])
	if nanos > 999_999_999 {
		return consult.Cursor{}, false
	}
	at := time.Unix(int64(binary.BigEndian.Uint64(b)), int64(nanos)).UTC()
	c := consult.Cursor{At: at, ID: string(b[12:])}
	return c, cursorText(c) == s
}
