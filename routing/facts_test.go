package routing

import (
	"encoding/json"
	"os"
	"reflect"
	"strings"
	"testing"

	"silta/consult"
)

func example(t testing.TB) *Rules {
	t.Helper()
	data, err := os.ReadFile("../config.example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	doc, found := Parse("config.example.yaml", data)
	if doc == nil || HasErrors(found) {
		t.Fatal(found)
	}
	return Compile(doc)
}

func TestParseFacts(t *testing.T) {
	r := example(t)
	f, faults := r.ParseFacts([]byte(`{"age": 14, "concern": ["mood", "mood"], "profession": "school-nurse", "municipality": "Ylöjärvi"}`))
	want := consult.Facts{Age: 14, Concerns: []consult.Concern{"mood"}, Profession: "school-nurse", Municipality: "Ylöjärvi",
		Urgency: consult.Routine, Mode: consult.Written, Language: consult.Finnish}
	if len(faults) > 0 || !reflect.DeepEqual(f, want) {
		t.Errorf("read %+v, %v", f, faults)
	}
	full := `{"age": 0, "pregnant": false, "concern": ["other"], "red-flag": ["psychosis"], "urgency": "urgent", "mode": "visit",
		"involved": ["police", "ngo"], "profession": "other", "municipality": "Akaa", "language": "other", "identified": true}`
	if f, faults = r.ParseFacts([]byte(full)); len(faults) > 0 || len(f.Involved) != 2 || !f.Identified {
		t.Errorf("read %+v, %v", f, faults)
	}
}

func TestBadFacts(t *testing.T) {
	r := example(t)
	const rest = `, "concern": ["mood"], "profession": "teacher", "municipality": "Akaa"}`
	for text, fields := range map[string]string{
		`{"age": "14"` + rest:                       "age",
		`{"age": 14.5` + rest:                       "age",
		`{"age": 1e1` + rest:                        "age",
		`{"age": -1` + rest:                         "age",
		`{"age": 121` + rest:                        "age",
		`{"age": null` + rest:                       "age",
		`{"age": 99999999999999999999` + rest:       "age",
		`{"age": 1, "age": 2` + rest:                "age",
		`{"pregnant": "yes", "age": 1` + rest:       "pregnant",
		`{"identified": 1, "age": 1` + rest:         "identified",
		`{"urgency": "now", "age": 1` + rest:        "urgency",
		`{"mode": ["phone"], "age": 1` + rest:       "mode",
		`{"mode": "", "age": 1` + rest:              "mode",
		`{"red-flag": "psychosis", "age": 1` + rest: "red-flag",
		`{"red_flag": [], "age": 1` + rest:          "red_flag",
		`{"involved": [1], "age": 1` + rest:         "involved",
		`{"language": "de", "age": 1` + rest:        "language",
		`{"age": 1, "concern": [], "profession": "teacher", "municipality": "Akaa"}`:       "concern",
		`{"age": 1, "concern": ["moood"], "profession": "pilot", "municipality": "Turku"}`: "concern profession municipality",
		`{}`: "age concern profession municipality",
		`[]`: "", `1`: "", ``: "", `{"age": 1`: "", `{} {}`: "", `null`: "",
		`{"age": ` + strings.Repeat("[", 5000) + strings.Repeat("]", 5000) + `}`: "",
		strings.Repeat(" ", maxRequest) + `{}`:                                   "",
	} {
		_, faults := r.ParseFacts([]byte(text))
		var got []string
		for _, fault := range faults {
			got = append(got, fault.Field)
			if fault.Text == "" || strings.Contains(fault.Error(), "moood") || !strings.HasPrefix(fault.Error(), fault.Field) {
				t.Errorf("%.80s: %q", text, fault.Error())
			}
		}
		if len(faults) == 0 || strings.Join(got, " ") != fields {
			t.Errorf("%.80s: faults in %q, want %q", text, got, fields)
		}
	}
}

func FuzzParseFacts(f *testing.F) {
	for _, s := range []string{`{"age":5,"concern":["mood"],"profession":"teacher","municipality":"Akaa"}`, `{"age":{"a":[1]}}`, `[`} {
		f.Add([]byte(s))
	}
	r := example(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		facts, faults := r.ParseFacts(data)
		if len(faults) > 0 {
			return
		}
		// What was read can be written and read again.
		text, err := json.Marshal(facts)
		if err != nil {
			t.Fatal(err)
		}
		again, faults := r.ParseFacts(text)
		if len(faults) > 0 || !reflect.DeepEqual(facts, again) {
			t.Errorf("%s became %s: %+v, %v", data, text, again, faults)
		}
		if d := r.Decide(facts); d.Pool == "" && len(d.Interlocks) == 0 {
			t.Errorf("%s goes nowhere", text)
		}
	})
}
