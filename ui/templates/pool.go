package templates

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"silta/consult"
	"silta/consult/locale"
)

// Services is the directory of all pools, for everybody.
type Services struct {
	Page
	Pools []Service
}

// Service is a pool as the directory shows it.
type Service struct {
	ID, Name, About string
	Open            bool
	// Opens is when it opens next, where it is closed; zero: never.
	Opens     time.Time
	Hours     []Hours
	Modes     []consult.Mode
	Languages []consult.Language
	// Accepts are the professions that may ask; none: all.
	Accepts    []consult.Profession
	OnCall     []string
	Lead       string
	KeyPersons []KeyPerson
	// MayManage: the reader may see the pool's own page.
	MayManage bool
}

// KeyPerson is whom a municipality knows by name.
type KeyPerson struct{ Municipality, Name string }

// Hours are the opening hours of a day, or of several days one after the other.
type Hours struct {
	From, To time.Weekday
	Spans    []Span
}

// Span is a stretch of the day in minutes since midnight.
type Span struct{ From, To int }

// PoolPage shows a pool's own people who is on call when, what was agreed, and what needs somebody.
type PoolPage struct {
	Page
	ID, Name string
	Open     bool
	Hours    []Hours
	OnCall   []string
	// Until is when that changes; zero: never.
	Until  time.Time
	Shifts []ShiftRow
	// Gaps are the open hours with nobody on call.
	Gaps      []Stretch
	Swaps     []SwapRow
	Overrides []OverrideRow
	Load      []LoadRow
	// Flagged are the names of those whom mail does not reach.
	Flagged []string
	// Risk are requests whose answer is late or due soon.
	Risk []Case
	// Watched: such requests were looked for.
	Watched bool
	// RiskMore: there may be more of them than are listed, and the queue has them.
	RiskMore bool
	// Absent are those on the plan who cannot be on call.
	Absent []string
	// People can be put on call. Others are those of them whom the reader can ask to take a shift, Own the reader's coming ones.
	People, Others, Own []Choice
	MaySet, MayAsk      bool
	// Feeds are the reader's calendar addresses.
	Feeds   []FeedRow
	Version uint64
	Command string
	Input   RotaForm
	Errors  Errors
	Problem string
}

// Stretch is a stretch of time, the end excluded.
type Stretch struct{ From, To time.Time }

// ShiftRow is a shift. Changed: it was agreed, and is not of the plan.
type ShiftRow struct {
	Stretch
	Name          string
	Mine, Changed bool
}

// SwapRow is a swap that waits for an answer.
type SwapRow struct {
	Stretch
	ID, Asker, Colleague          string
	ForMe, MayAnswer, MayWithdraw bool
}

// OverrideRow is a change of duty. For is who is relieved, or "". Counts is false where its person is gone, so that the plan counts. Covered:
// in a part of the time a later one counts.
type OverrideRow struct {
	Stretch
	ID, Name, For, By string
	Counts, MayRemove bool
	Covered           bool
}

// LoadRow is what somebody has to do: open requests, and those taken this month. Provider is the name of the provider of identities by
// whose claims alone they belong to the pool, or "".
type LoadRow struct {
	Name        string
	Provider    string
	Open, Month int
}

// FeedRow is an address of a calendar: of a pool's name, or "" of the reader's own shifts.
type FeedRow struct {
	ID, Pool string
	Created  time.Time
}

// RotaForm is what was typed into a form about duty.
type RotaForm struct {
	Action           consult.RotaAction
	Person, From, To string
	Shift            string
	Accept           bool
}

// StretchText tells a stretch of time: its days and times, without what is said twice.
func StretchText(l *locale.Localizer, s Stretch) string {
	from, to := s.From.In(l.Zone()), s.To.In(l.Zone())
	day := func(t time.Time) string {
		layout := map[consult.Language]string{consult.Swedish: "2.1", consult.English: "2 Jan"}[l.Lang()]
		if layout == "" {
			layout = "2.1."
		}
		return l.Weekday(t) + " " + t.Format(layout)
	}
	if from.Format(time.DateOnly) == to.Format(time.DateOnly) {
		return day(from) + " " + l.T("time.at") + " " + l.Clock(from) + "–" + l.Clock(to)
	}
	return day(from) + " " + l.T("time.at") + " " + l.Clock(from) + " – " + day(to) + " " + l.T("time.at") + " " + l.Clock(to)
}

// days names the days of the hours: "ma–to", "pe".
func (h Hours) days(l *locale.Localizer) string {
	first := l.Code("weekday", fmt.Sprint(int(h.From)))
	if h.From == h.To {
		return first
	}
	return first + "–" + l.Code("weekday", fmt.Sprint(int(h.To)))
}

// times tells the hours of such a day: "8.00–16.00", or all day.
func (h Hours) times(l *locale.Localizer) string {
	var list []string
	for _, s := range h.Spans {
		if s == (Span{0, 24 * 60}) {
			return l.T("services.all-day")
		}
		list = append(list, clockOf(l, s.From)+"–"+clockOf(l, s.To))
	}
	return strings.Join(list, ", ")
}

func clockOf(l *locale.Localizer, minutes int) string {
	if minutes == 24*60 {
		return map[bool]string{true: "24:00", false: "24.00"}[l.Lang() == consult.English]
	}
	return l.Clock(time.Date(2026, 1, 1, minutes/60, minutes%60, 0, 0, l.Zone()))
}

// always reports whether these are all hours of the week.
func always(hours []Hours) bool {
	return len(hours) == 1 && hours[0].From == time.Monday && hours[0].To == time.Sunday && len(hours[0].Spans) == 1 &&
		hours[0].Spans[0] == Span{0, 24 * 60}
}

// coded puts codes of a family into words, with commas between them.
func coded[T ~string](l *locale.Localizer, family string, list []T) string {
	words := make([]string, len(list))
	for i, code := range list {
		words[i] = l.Code(family, string(code))
		if first, size := utf8.DecodeRuneInString(words[i]); i > 0 && family != "language" {
			words[i] = string(unicode.ToLower(first)) + words[i][size:]
		}
	}
	return strings.Join(words, ", ")
}

// rotaField is a field of one of the page's forms; faults are shown at the form that was sent.
func (p PoolPage) rotaField(form, pointer, value string, action consult.RotaAction) field {
	f := field{l: p.L, form: form, pointer: pointer}
	if p.Input.Action == action {
		f.value, f.errors = value, p.Errors
	}
	return f
}

// began reports whether the form was sent and refused.
func (p PoolPage) began(action consult.RotaAction) bool { return p.Input.Action == action }

// formOf is the id of the form of an action.
func formOf(a consult.RotaAction) string { return string(a) }

// riskCount is how many requests are at risk, as "20+" where there may be more.
func (p PoolPage) riskCount() string {
	n := strconv.Itoa(len(p.Risk))
	if p.RiskMore {
		n += "+"
	}
	return n
}
