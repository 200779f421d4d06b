package templates

import (
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"silta/consult"
	"silta/consult/locale"
)

// Case is a request as one row of a list.
type Case struct {
	ID           string
	Ref          string
	State        consult.State
	Urgency      consult.Urgency
	Concerns     []consult.Concern
	RedFlags     []consult.RedFlag
	Age          int
	Pregnant     bool
	Municipality string
	Pool         string
	// Holder is who has it, or "". Mine: it is the reader.
	Holder string
	Mine   bool
	// Escalation is how often nobody acted in time.
	Escalation  int
	SubmittedAt time.Time
	AnswerBy    time.Time
	// EndedAt is when it was answered or ended; zero while it is open.
	EndedAt time.Time
	// Disposition is what the answer led to, or "".
	Disposition consult.Disposition
	// Claimable: the reader may take it.
	Claimable bool
	// Begun is what the reader has begun to write, or "".
	Begun consult.Action
}

// Group is a section of a list.
type Group struct {
	// Kind is one of "mine", "joined", "unclaimed", "others", "waiting" in a queue, of "for-me", "open", "ended" among one's own.
	Kind  string
	Cases []Case
	// Whole: it has all of its kind, also where the list goes on on another page.
	Whole bool
}

// presses returns the deadline of a group's first request, and whether somebody who looks elsewhere should know of it.
func (g Group) presses(l *locale.Localizer, now time.Time) (due, bool) {
	first := g.Cases[0]
	d := dueOf(l, now, first.State, first.SubmittedAt, first.AnswerBy, first.EndedAt)
	return d, d.kind == "late" || d.kind == "near" || d.kind == "far" && first.Urgency == consult.Urgent
}

// Queue is the list of what a specialist's pools have to answer. It is drawn again (Rows) whenever the stream at
// /queue/stream sends an event named "queue"; an event "announce" holds a sentence that is read out, such as "A new
// request: S-2026-0042". The rows are asked for with GET /queue/rows and the page's own query.
type Queue struct {
	Page
	Groups []Group
	// Pools are the reader's pools, for filtering; Pool is the id of the chosen one, or "".
	Pools []Choice
	Pool  string
	// Urgency, Municipality and Concern are what the list is narrowed to, or "".
	Urgency, Municipality, Concern string
	Municipalities                 []string
	// Next is the "after" of the next page, or "" on the last one; After is the present page's.
	Next, After string
}

// query is what the list is narrowed to, as pairs for [address].
func (p Queue) query() []string {
	return []string{"pool", p.Pool, "urgency", p.Urgency, "municipality", p.Municipality, "concern", p.Concern}
}

// lines are the groups as they are drawn: the team is named where it is not the only one of the list.
func (p Queue) lines() []Group {
	var own string
	for _, pool := range p.Pools {
		if len(p.Pools) == 1 || pool.ID == p.Pool {
			own = pool.Name
		}
	}
	list := slices.Clone(p.Groups)
	for i, g := range list {
		list[i].Cases = slices.Clone(g.Cases)
		for j := range list[i].Cases {
			if list[i].Cases[j].Pool == own {
				list[i].Cases[j].Pool = ""
			}
		}
	}
	return list
}

// longQueue is from how many requests on the groups have links at the top.
const longQueue = 12

// long reports whether the list has several groups and is longer than a screen.
func (p Queue) long() bool {
	n, groups := 0, 0
	for _, g := range p.Groups {
		if n += len(g.Cases); len(g.Cases) > 0 {
			groups++
		}
	}
	return groups > 1 && n >= longQueue
}

// whole reports whether the list is no part of a longer one, so that its lines can be counted.
func (p Queue) whole() bool { return p.Next == "" && p.After == "" }

// found says how many requests the list was narrowed to.
func (p Queue) found() string {
	n := 0
	for _, g := range p.Groups {
		n += len(g.Cases)
	}
	switch {
	case p.Next != "":
		return p.L.T("queue.found-here", "n", n)
	case p.After != "":
		return p.L.T("queue.found-last", "n", n)
	}
	return p.L.T("queue.found", "n", n)
}

// Narrow reports whether the list shows a part of what there is.
func (p Queue) Narrow() bool { return p.Urgency != "" || p.Municipality != "" || p.Concern != "" }

// MyRequests is the list of what the reader has sent. What waits for them comes first.
type MyRequests struct {
	Page
	Groups []Group
	// Drafts are what was begun and not sent yet.
	Drafts      []DraftRow
	Next, After string
}

// Choice is something to choose from that is no code: a pool or a person.
type Choice struct{ ID, Name string }

// empty reports whether no group has a row.
func empty(groups []Group) bool {
	for _, g := range groups {
		if len(g.Cases) > 0 {
			return false
		}
	}
	return true
}

// address is a path with the values that are not empty, given as pairs.
func address(path string, pairs ...string) string {
	values := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			values.Set(pairs[i], pairs[i+1])
		}
	}
	if len(values) == 0 {
		return path
	}
	return path + "?" + values.Encode()
}

// title names the case by its concerns.
func (c Case) title(l *locale.Localizer) string {
	names := make([]string, len(c.Concerns))
	for i, concern := range c.Concerns {
		names[i] = l.Code("concern", string(concern))
	}
	return enumerate(names)
}

// enumerate writes names as one phrase, in which only the first begins with a capital.
func enumerate(names []string) string {
	for i, name := range names {
		if r, size := utf8.DecodeRuneInString(name); i > 0 {
			names[i] = string(unicode.ToLower(r)) + name[size:]
		}
	}
	return strings.Join(names, ", ")
}

// begun says what the reader has begun to write.
func (c Case) begun(l *locale.Localizer) string {
	if c.Begun == consult.Answer {
		return l.T("case.begun-answer")
	}
	return l.T("case.begun")
}

// client says in a few words whom it is about.
func (c Case) client(l *locale.Localizer) string {
	parts := []string{l.T("case.age", "n", c.Age)}
	if c.Age == 0 {
		parts[0] = l.T("case.age-baby")
	}
	if c.Pregnant {
		parts = append(parts, l.T("case.pregnant"))
	}
	return strings.Join(append(parts, c.Municipality), " · ")
}

// due is a deadline in words.
type due struct {
	// kind is "late", "near", "far", "paused" or "done".
	kind string
	text string
	// when is the moment itself, or what stands for it.
	when string
}

// dueOf tells how a request stands with its deadline. Near is the last quarter of the time that the answer has.
func dueOf(l *locale.Localizer, now time.Time, s consult.State, from, by, ended time.Time) due {
	switch {
	case s == consult.Waiting:
		return due{"paused", l.T("due.paused-queue"), ""}
	case !s.Open():
		if ended.IsZero() {
			return due{"done", l.Code("state", string(s)), ""}
		}
		return due{"done", l.Code("state", string(s)), l.NearDay(now, ended)}
	}
	d := due{"far", l.Left(now, by), l.Near(now, by)}
	switch left := by.Sub(now); {
	case left <= 0:
		d.kind = "late"
	case left*4 < by.Sub(from):
		d.kind = "near"
	}
	return d
}

func (p Queue) filter(pointer, value string) field {
	return field{l: p.L, form: "filter", pointer: pointer, value: value}
}
