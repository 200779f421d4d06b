package routing

import (
	"slices"
	"strings"

	"silta/consult"
)

// Ask is something that a pool usually has to ask the sender for. The form reminds of it until it is given.
type Ask struct {
	Text consult.Text
	// Concerns limit it to requests with one of these; none: it is asked of all.
	Concerns []consult.Concern
	// GivenBy names parts of a request (see [askFields]) and instruments; any of them that is there gives what is asked for.
	GivenBy []string
	// Words give it as well, wherever one of them stands in the sender's texts. They are in lower case.
	Words []string
}

// The parts of a request that can give what a pool asks for.
const (
	askBackground  = "background"
	askTried       = "tried"
	askAssessment  = "assessment"
	askInvolved    = "involved"
	askInstruments = "instruments"
)

var (
	askFields = []string{askBackground, askTried, askAssessment, askInvolved, askInstruments}
	// askKeys are all that "given-by" can name.
	askKeys = slices.Concat(askFields, consult.Instruments)
)

// maxAsks is how many of them a pool can have: more than anybody reads.
const maxAsks = 20

// Open reports whether a request, as far as it is written, still lacks what is asked for.
func (a *Ask) Open(r *consult.Request) bool {
	about := func(c consult.Concern) bool { return slices.Contains(a.Concerns, c) }
	if len(a.Concerns) > 0 && !slices.ContainsFunc(r.Concerns, about) {
		return false
	}
	for _, key := range a.GivenBy {
		switch key {
		case askBackground:
			if r.Background != "" {
				return false
			}
		case askTried:
			if r.Tried != "" {
				return false
			}
		case askAssessment:
			if r.Assessment != "" {
				return false
			}
		case askInvolved:
			if len(r.Involved) > 0 {
				return false
			}
		case askInstruments:
			if len(r.Instruments) > 0 {
				return false
			}
		default:
			if slices.ContainsFunc(r.Instruments, func(i consult.Instrument) bool { return i.Name == key }) {
				return false
			}
		}
	}
	if len(a.Words) == 0 {
		return true
	}
	texts := strings.ToLower(r.Background + "\n" + r.Tried + "\n" + r.Assessment + "\n" + r.Question)
	return !slices.ContainsFunc(a.Words, func(word string) bool { return strings.Contains(texts, word) })
}

func (d *decoder) asks(n *node) (asks []Ask) {
	for i, item := range d.list(n, "asks") {
		if i == maxAsks {
			d.bad(item.at, "too-many-values", "key", "asks", "limit", maxAsks)
			break
		}
		if !d.mapping(item, "asks", "text", "concern", "given-by", "words") {
			continue
		}
		a := Ask{
			Concerns: codeList[consult.Concern](d, item.get("concern"), "concern", concernCodes),
			GivenBy:  codeList[string](d, item.get("given-by"), "given-by", askKeys),
		}
		if text := d.needs(item, "text"); text != nil {
			a.Text = d.translated(text, "text")
		}
		for _, word := range d.oneOrMore(item.get("words"), "words") {
			if s, ok := d.text(word, "words"); ok {
				a.Words = append(a.Words, strings.ToLower(s))
			}
		}
		if item.get("given-by") == nil && item.get("words") == nil {
			// It would never go away.
			d.missing(item.at, "given-by")
		}
		asks = append(asks, a)
	}
	return asks
}
