package consult

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Limits of what a person can type, in characters (Unicode code points) or items.
const (
	MaxText        = 10_000
	MaxReason      = 2_000
	MaxName        = 200
	MaxInstruments = 30
	MaxPlanSteps   = 30
	maxScore       = 1_000
	maxConfirmed   = 50
	maxCodes       = 100
	maxInterlockID = 64
)

// faults collects what is wrong with an input, all at once.
type faults []FieldError

func (f *faults) add(pointer, code string, args ...any) {
	*f = append(*f, FieldError{Pointer: pointer, Code: code, Args: named(args)})
}

func (f faults) err() error {
	if len(f) == 0 {
		return nil
	}
	return &Error{Kind: Invalid, Key: "invalid", Fields: f}
}

// text checks something typed: that it is there, if it must be, not too long, and text.
func (f *faults) text(pointer, s string, limit int, required bool) {
	switch {
	case !utf8.ValidString(s):
		f.add(pointer, "not-utf8")
	case required && strings.TrimSpace(s) == "":
		f.add(pointer, "required")
	case len(s) > limit && utf8.RuneCountInString(s) > limit:
		f.add(pointer, "too-long", "max", limit)
	}
}

// choice checks a code that must be there.
func choice[T ~string](f *faults, pointer string, v T, values []T) {
	switch {
	case v == "":
		f.add(pointer, "required")
	case !slices.Contains(values, v):
		*f = append(*f, UnknownValue(pointer, values))
	}
}

// UnknownValue is the fault of a value that is none of those that are allowed.
func UnknownValue[T ~string](pointer string, allowed []T) FieldError {
	list := make([]string, len(allowed))
	for i, v := range allowed {
		list[i] = string(v)
	}
	return FieldError{Pointer: pointer, Code: "unknown-value", Args: map[string]any{"allowed": list}}
}

// set checks codes, each of which may stand once. The first that is unknown is told with those that are allowed.
func set[T ~string](f *faults, pointer string, vs, values []T) {
	if len(vs) > maxCodes { // Each is compared with those before it.
		f.add(pointer, "too-many", "max", maxCodes)
		return
	}
	told := false
	for i, v := range vs {
		at := fmt.Sprintf("%s/%d", pointer, i)
		switch {
		case !slices.Contains(values, v) && told:
			f.add(at, "unknown-value")
		case !slices.Contains(values, v):
			*f = append(*f, UnknownValue(at, values))
			told = true
		case slices.Contains(vs[:i], v):
			f.add(at, "repeated")
		}
	}
}

func (f *faults) between(pointer string, v, low, high int) {
	if v < low || v > high {
		f.add(pointer, "out-of-range", "min", low, "max", high)
	}
}

// Terms are what the configuration allows in a request.
type Terms struct {
	// Municipalities are those of the rules in force.
	Municipalities []string
	// Bases are the legal grounds on which a request may carry an identity.
	Bases []Basis
}

// Normalize fills in what a sender may leave out, and trims the texts.
func (r *Request) Normalize() {
	if r.Urgency == "" {
		r.Urgency = Routine
	}
	if r.Mode == "" {
		r.Mode = Written
	}
	if r.Client.Language == "" {
		r.Client.Language = Finnish
	}
	for _, s := range []*string{&r.Background, &r.Tried, &r.Assessment, &r.Question} {
		*s = strings.TrimSpace(*s)
	}
}

// Validate returns nil or an error of kind [Invalid] with every fault of a normalized request.
func (r *Request) Validate(t Terms, now time.Time) error {
	var f faults
	f.between("/client/age", r.Client.Age, 0, MaxAge)
	choice(&f, "/client/municipality", r.Client.Municipality, t.Municipalities)
	choice(&f, "/client/language", r.Client.Language, ClientLanguages)
	if len(r.Concerns) == 0 {
		f.add("/concerns", "required")
	}
	set(&f, "/concerns", r.Concerns, Concerns)
	set(&f, "/red_flags", r.RedFlags, RedFlags)
	choice(&f, "/urgency", r.Urgency, Urgencies)
	choice(&f, "/mode", r.Mode, Modes)
	set(&f, "/involved", r.Involved, Parties)
	f.text("/background", r.Background, MaxText, false)
	f.text("/tried", r.Tried, MaxText, false)
	f.text("/assessment", r.Assessment, MaxText, false)
	f.text("/question", r.Question, MaxText, true)
	if len(r.Instruments) > MaxInstruments {
		f.add("/instruments", "too-many", "max", MaxInstruments)
	} else {
		for i, in := range r.Instruments {
			at := fmt.Sprintf("/instruments/%d", i)
			choice(&f, at+"/name", in.Name, Instruments)
			f.between(at+"/score", in.Score, 0, maxScore)
			f.day(at+"/date", in.Date)
			if day, ok := in.Date.Time(); ok && day.After(now.AddDate(0, 0, 1)) {
				f.add(at+"/date", "in-future")
			}
		}
	}
	r.validateIdentity(&f, t)
	// Ids of interlocks are the rules' own, in any letters: one that they do not have confirms nothing.
	if len(r.InterlockConfirmed) > maxConfirmed {
		f.add("/interlock_confirmed", "too-many", "max", maxConfirmed)
	} else {
		for i, id := range r.InterlockConfirmed {
			f.text(fmt.Sprintf("/interlock_confirmed/%d", i), id, maxInterlockID, true)
		}
	}
	set(&f, "/identity_confirmed", r.IdentityConfirmed, guarded)
	return f.err()
}

// guarded are the texts that the identity guard reads, by their pointers.
var guarded = []string{"/background", "/tried", "/assessment", "/question"}

// firstYear is before every day that a request speaks of. A year written with two digits comes as 0026.
const firstYear = 1900

func (f *faults) day(pointer string, d Date) {
	if d == "" {
		f.add(pointer, "required")
	} else if day, ok := d.Time(); !ok || day.Year() < firstYear {
		f.add(pointer, "bad-date")
	}
}

// validateIdentity checks the stated identity, or that an anonymous request holds none.
func (r *Request) validateIdentity(f *faults, t Terms) {
	if id := r.Client.Identity; id != nil {
		switch {
		case id.Hetu == "":
			f.add("/client/identity/hetu", "required")
		case !ValidHetu(id.Hetu):
			f.add("/client/identity/hetu", "bad-hetu")
		}
		f.text("/client/identity/name", id.Name, MaxName, true)
		choice(f, "/client/identity/basis", id.Basis, t.Bases)
		return
	}
	f.guard("/background", r.Background, r.IdentityConfirmed)
	f.guard("/tried", r.Tried, r.IdentityConfirmed)
	f.guard("/assessment", r.Assessment, r.IdentityConfirmed)
	f.guard("/question", r.Question, r.IdentityConfirmed)
}

// guard finds all identities in a text of an anonymous request, unless the sender said that there is none.
func (f *faults) guard(pointer, text string, confirmed []string) {
	if slices.Contains(confirmed, pointer) {
		return
	}
	for _, found := range FindIdentity(text) {
		f.add(pointer, "identity", "kind", found.Kind, "start", found.Start, "end", found.End)
	}
}

// said checks what the sender adds to a request.
func (f *faults) said(c *Consultation, s Said) {
	f.text("/text", s.Text, MaxText, true)
	f.anonymous(c, "/text", s.Text, s.IdentityConfirmed)
}

// anonymous checks that what the sender of an anonymous request types keeps it so.
func (f *faults) anonymous(c *Consultation, pointer, text string, confirmed []string) {
	if c.Request.Client.Identity == nil {
		f.guard(pointer, text, confirmed)
	}
}

func (a AnswerCommand) validate(f *faults) {
	f.text("/text", a.Text, MaxText, true)
	choice(f, "/disposition", a.Disposition, Dispositions)
	if a.Minutes != "" {
		choice(f, "/minutes", a.Minutes, MinuteBrackets)
	}
	if len(a.Steps) > MaxPlanSteps {
		f.add("/plan", "too-many", "max", MaxPlanSteps)
		return
	}
	for i, s := range a.Steps {
		at := fmt.Sprintf("/plan/%d", i)
		f.text(at+"/what", s.What, MaxReason, true)
		f.text(at+"/who", s.Who, MaxName, false)
		if s.Due != "" {
			f.day(at+"/due", s.Due)
		}
	}
}

func (c CloseOut) validate(f *faults) {
	choice(f, "/outcome", c.Outcome, Outcomes)
	choice(f, "/referral", c.Referral, ReferralOutcomes)
	f.between("/value_client", c.ValueClient, 1, 5)
	f.between("/value_me", c.ValueMe, 1, 5)
	f.text("/text", c.Text, MaxText, false)
}
