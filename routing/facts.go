package routing

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"

	"silta/consult"
)

// FactError is a fault of a request: Field is the fact, or what stands in its place, and "" if it is no request at all. Its text
// never repeats a value.
type FactError struct {
	Field string
	// Code is unknown-key, unknown-value, bad-value or syntax.
	Code Code
	// Text is in English; Key names the sentence in the message catalogues.
	Text, Key string
}

// Error names the field and what is wanted there.
func (e *FactError) Error() string {
	if e.Field == "" {
		return e.Text
	}
	return e.Field + ": " + e.Text
}

// Sentences about facts of a request that is not part of a document: what was typed stays out of them.
var factSentences = map[string]string{
	"unknown-key":   "there is no such fact",
	"unknown-value": "not one of the values that this fact can have",
	"wants":         "the value is of the wrong kind",
	"out-of-range":  "the value is out of range",
	"missing":       "it is missing",
	"empty-choice":  "at least one value is wanted",
	"duplicate-key": "it stands twice",
	"not-a-request": "a request is one JSON object of facts",
	"too-large":     "the request is too large",
}

// maxRequest is the size of a request in bytes that is still read.
const maxRequest = 64 << 10

// ParseFacts reads a request: one JSON object of facts. It is strict about names, values and kinds, and fills in what facts are
// taken to be when a request lacks them. The errors are all that is wrong; with any of them the facts are not to be used.
func (r *Rules) ParseFacts(data []byte) (consult.Facts, []*FactError) {
	var faults []*FactError
	fail := func(field string, _ Pos, code Code, key string, _ ...any) {
		if len(faults) < maxFindings {
			faults = append(faults, &FactError{Field: show(field), Code: code, Key: "fact-" + key, Text: factSentences[key]})
		}
	}
	if len(data) > maxRequest {
		fail("", Pos{}, Syntax, "too-large")
		return consult.Facts{}, faults
	}
	n, err := readJSON(data, fail)
	if err != nil {
		fail("", Pos{}, Syntax, "not-a-request")
		return consult.Facts{}, faults
	}
	f := readFacts(n, r.doc.Municipalities, fail)
	return f, faults
}

// report is told what is wrong with a fact.
type report func(field string, at Pos, code Code, key string, args ...any)

// readFacts reads a request of a document's test, or of its own.
func readFacts(n *node, municipalities []string, fail report) consult.Facts {
	f := consult.Facts{Urgency: consult.Routine, Mode: consult.Written, Language: consult.Finnish}
	if n.kind != mapNode {
		fail("", n.at, BadValue, "wants", "key", "request", "wanted", aMapping)
		return f
	}
	var seen [factCount]bool
	for _, e := range n.entries {
		fact, known := factNamed(e.key)
		if !known {
			fail(e.key, e.at, UnknownKey, "unknown-key", "key", show(e.key), "nearest", closest{e.key, factNames[:]})
			continue
		}
		seen[fact] = true
		(&factReader{fact, municipalities, fail}).read(e.value, &f)
	}
	for fact := range factCount {
		if fact.required() && !seen[fact] {
			fail(fact.String(), n.at, BadValue, "missing", "key", fact.String())
		}
	}
	return f
}

// factReader reads the value of one fact.
type factReader struct {
	fact           Fact
	municipalities []string
	fail           report
}

func (r *factReader) read(n *node, f *consult.Facts) {
	switch r.fact {
	case Age:
		f.Age = r.age(n)
	case Pregnant:
		f.Pregnant = r.yes(n)
	case Identified:
		f.Identified = r.yes(n)
	case Concern:
		f.Concerns = factSet[consult.Concern](r, n)
	case RedFlag:
		f.RedFlags = factSet[consult.RedFlag](r, n)
	case Involved:
		f.Involved = factSet[consult.Party](r, n)
	case Urgency:
		f.Urgency = consult.Urgency(r.choice(n))
	case Mode:
		f.Mode = consult.Mode(r.choice(n))
	case Profession:
		f.Profession = consult.Profession(r.choice(n))
	case Municipality:
		f.Municipality = r.choice(n)
	case Language:
		f.Language = consult.Language(r.choice(n))
	}
}

func (r *factReader) wants(at Pos, wanted Phrase) {
	r.fail(r.fact.String(), at, BadValue, "wants", "key", r.fact.String(), "wanted", wanted)
}

func (r *factReader) age(n *node) int {
	age, ok := wholeNumber(n.text)
	if n.kind != numberNode || !ok {
		r.wants(n.at, wholeYears)
		return 0
	}
	if age < 0 || age > consult.MaxAge {
		r.fail(r.fact.String(), n.at, BadValue, "out-of-range", "key", r.fact.String(), "value", show(n.text), "low", 0,
			"high", consult.MaxAge)
		return 0
	}
	return age
}

func (r *factReader) yes(n *node) bool {
	if n.kind != boolNode {
		r.wants(n.at, trueOrFalse)
	}
	return n.kind == boolNode && n.text == "true"
}

// choice returns a code; the zero value where there is none.
func (r *factReader) choice(n *node) string {
	if n.kind != textNode {
		r.wants(n.at, aText)
		return ""
	}
	known := r.fact.values(r.municipalities)
	if len(known) == 0 { // there are no municipalities: that has its own finding
		return ""
	}
	if !slices.Contains(known, n.text) {
		r.fail(r.fact.String(), n.at, UnknownValue, "unknown-value", "value", show(n.text), "key", r.fact.String(),
			"nearest", closest{n.text, known})
		return ""
	}
	return n.text
}

func factSet[T ~string](r *factReader, n *node) []T {
	if n.kind != listNode {
		r.wants(n.at, aList)
		return nil
	}
	if r.fact.required() && len(n.items) == 0 {
		r.fail(r.fact.String(), n.at, BadValue, "empty-choice", "key", r.fact.String())
	}
	var set []T
	for _, item := range n.items {
		if s := r.choice(item); s != "" && !slices.Contains(set, T(s)) {
			set = append(set, T(s))
		}
	}
	return set
}

var errNotJSON = errors.New("not one JSON object")

// readJSON reads one JSON value as a node. Keys that stand twice are faults.
func readJSON(data []byte, fail report) (*node, error) {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	if !json.Valid(data) {
		return nil, errNotJSON
	}
	n, err := readJSONValue(dec, 0, fail)
	if err != nil {
		return nil, err
	}
	if n.kind != mapNode {
		return nil, errNotJSON
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errNotJSON
	}
	return n, nil
}

func readJSONValue(dec *json.Decoder, depth int, fail report) (*node, error) {
	t, err := dec.Token()
	if err != nil || depth > 8 {
		return nil, errNotJSON
	}
	switch v := t.(type) {
	case string:
		return &node{kind: textNode, text: v}, nil
	case json.Number:
		return &node{kind: numberNode, text: v.String()}, nil
	case bool:
		text := "false"
		if v {
			text = "true"
		}
		return &node{kind: boolNode, text: text}, nil
	case json.Delim:
		n := &node{kind: listNode}
		if v == '{' {
			n.kind = mapNode
		}
		for dec.More() {
			var e entry
			if n.kind == mapNode {
				key, err := dec.Token()
				name, ok := key.(string)
				if err != nil || !ok {
					return nil, errNotJSON
				}
				e.key = name
			}
			if e.value, err = readJSONValue(dec, depth+1, fail); err != nil {
				return nil, err
			}
			switch {
			case n.kind == listNode:
				n.items = append(n.items, e.value)
			case n.get(e.key) != nil:
				fail(e.key, Pos{}, Syntax, "duplicate-key")
			default:
				n.entries = append(n.entries, e)
			}
		}
		_, err := dec.Token()
		return n, err
	default:
		return &node{}, nil
	}
}

// factsJSON writes facts as the JSON that [Rules.ParseFacts] reads.
func factsJSON(f consult.Facts) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if enc.Encode(f) != nil {
		return "{}"
	}
	return strings.TrimSpace(b.String())
}
