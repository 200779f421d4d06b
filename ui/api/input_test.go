package api_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

// raw returns a good submission as JSON, with one text in it replaced.
func raw(t testing.TB, old, replacement string) string {
	t.Helper()
	data, err := json.Marshal(request(nil))
	if err != nil {
		t.Fatal(err)
	}
	out := strings.Replace(string(data), old, replacement, 1)
	if out == string(data) {
		t.Fatalf("%q is not in %s", old, data)
	}
	return out
}

// client is a good client with some members set otherwise.
func client(other object) object {
	c := object{"age": 9, "municipality": "Tampere", "language": "fi"}
	for name, v := range other {
		if c[name] = v; v == nil {
			delete(c, name)
		}
	}
	return object{"client": c}
}

func TestBadSubmissions(t *testing.T) {
	s := start(t)
	long := strings.Repeat("ä", 10_001)
	for name, c := range map[string]struct {
		body   any
		status int
		faults string
	}{
		"unknown member":      {request(object{"nickname": "x"}), 422, "/nickname unknown-field"},
		"unknown below":       {request(client(object{"shoe": 1})), 422, "/client/shoe unknown-field"},
		"strange name":        {request(object{"131052-308T": 1}), 422, " unknown-field"},
		"other case":          {request(object{"Question": "x"}), 422, "/Question unknown-field"},
		"age in words":        {request(client(object{"age": "14"})), 422, "/client/age wrong-type"},
		"half an age":         {request(client(object{"age": 14.5})), 422, "/client/age wrong-type"},
		"age with exponent":   {raw(t, `"age":9`, `"age":1e1`), 422, "/client/age wrong-type"},
		"immense age":         {raw(t, `"age":9`, `"age":99999999999999999999`), 422, "/client/age wrong-type"},
		"age below":           {request(client(object{"age": -1})), 422, "/client/age out-of-range"},
		"age above":           {request(client(object{"age": 121})), 422, "/client/age out-of-range"},
		"no age":              {request(client(object{"age": nil})), 422, "/client/age required"},
		"null age":            {raw(t, `"age":9`, `"age":null`), 422, "/client/age required"},
		"no client":           {request(object{"client": nil}), 422, "/client/age required, /client/municipality required"},
		"client is a list":    {request(object{"client": []int{1}}), 422, "/client wrong-type"},
		"no concerns":         {request(object{"concerns": []string{}}), 422, "/concerns required"},
		"unknown concern":     {request(object{"concerns": []string{"mood", "x"}}), 422, "/concerns/1 unknown-value"},
		"concern twice":       {request(object{"concerns": []string{"mood", "mood"}}), 422, "/concerns/1 repeated"},
		"concern is a number": {request(object{"concerns": []any{"mood", 7}}), 422, "/concerns/1 wrong-type"},
		"one concern bare":    {request(object{"concerns": "mood"}), 422, "/concerns wrong-type"},
		"other municipality":  {request(client(object{"municipality": "Atlantis"})), 422, "/client/municipality unknown-value"},
		"unknown urgency":     {request(object{"urgency": "now"}), 422, "/urgency unknown-value"},
		"unknown mode":        {request(object{"mode": "fax"}), 422, "/mode unknown-value"},
		"blank question":      {request(object{"question": " \n"}), 422, "/question required"},
		"long question":       {request(object{"question": long}), 422, "/question too-long"},
		"identity in text":    {request(object{"background": "hetu 131052-308T"}), 422, "/background identity"},
		"score is missing": {
			request(object{"instruments": []object{{"name": "SDQ", "date": "2026-11-02"}}}), 422, "/instruments/0/score required",
		},
		"later date": {
			request(object{"instruments": []object{{"name": "SDQ", "score": 1, "date": "2027-11-02"}}}), 422, "/instruments/0/date in-future",
		},
		"year of two digits": {
			request(object{"instruments": []object{{"name": "SDQ", "score": 1, "date": "0026-11-02"}}}), 422, "/instruments/0/date bad-date",
		},
		"blocked": {request(object{"red_flags": []string{"psychosis"}}), 422, "/interlock_confirmed interlock"},
		"blocked and confirmed": {
			request(object{"red_flags": []string{"psychosis"}, "interlock_confirmed": []string{"acute"}}), 422, "/interlock_confirmed interlock",
		},
		"not confirmed": {request(object{"concerns": []string{"self-harm"}}), 422, "/interlock_confirmed interlock"},
		"all at once": {
			request(object{"client": object{}, "concerns": nil, "question": nil}), 422,
			"/client/age required, /client/municipality required, /concerns required, /question required",
		},
		"empty":             {"", 422, "/client/age required, /client/municipality required, /concerns required, /question required"},
		"null":              {"null", 422, "/client/age required, /client/municipality required, /concerns required, /question required"},
		"a list":            {"[]", 422, " wrong-type"},
		"not JSON":          {"age=14", 422, " bad-json"},
		"cut off":           {`{"client":{"age":`, 422, "/client/age bad-json"},
		"data behind":       {`{} {}`, 422, " bad-json"},
		"member twice":      {`{"question":"a","question":"b"}`, 422, "/question duplicate-field"},
		"twice below":       {`{"client":{"age":1,"age":2}}`, 422, "/client/age duplicate-field"},
		"not UTF-8":         {raw(t, "What now?", "What \xff now?"), 422, "/question not-utf8"},
		"half a surrogate":  {raw(t, "What now?", `\ud800`), 422, "/question bad-json"},
		"not UTF-8 as name": {"{\"\xff\":1}", 422, " not-utf8"},
		"misfits at once": {
			`{"client":{"age":"x","shoe":1,"age":2,"identity":{"hetu":3}},"concerns":"mood","involved":["ngo",1,[]],"instruments":[{"score":1.5},7],` +
				`"bar":{"a":1,"a":2},"question":null}`, 422,
			"/client/age wrong-type, /client/shoe unknown-field, /client/age duplicate-field, /client/identity/hetu wrong-type, " +
				"/concerns wrong-type, /involved/1 wrong-type, /involved/2 wrong-type, /instruments/0/score wrong-type, " +
				"/instruments/1 wrong-type, /bar unknown-field",
		},
		"a misfit, then cut off": {`{"question":1,"concerns":[`, 422, "/concerns bad-json"},
		"1 MiB":                  {request(object{"question": strings.Repeat("x", 1<<20)}), 413, " too-large"},
		"9 MiB of blanks":        {strings.Repeat(" ", 9<<20), 413, " too-large"},
		"just too long":          {strings.Repeat(" ", 512<<10+1), 413, " too-large"},
	} {
		t.Run(name, func(t *testing.T) {
			s.t = t
			before := s.store.Journal.Head()
			got := s.call("nurse", "POST", "/api/v1/consultations", c.body).want(t, c.status)
			faults := strings.Join(got.faults(t), ", ")
			if faults != c.faults {
				t.Errorf("got %q, want %q", faults, c.faults)
			}
			if s.store.Journal.Head() != before {
				t.Error("something was saved")
			}
		})
	}
}

func TestMediaTypes(t *testing.T) {
	s := start(t)
	for content, want := range map[string]int{
		"application/json": 201, "application/json; charset=utf-8": 201, "Application/JSON;charset=UTF-8": 201,
		"text/plain": 415, "application/x-www-form-urlencoded": 415, "application/json; charset=latin1": 415,
		"application/json;;": 415, "multipart/form-data; boundary=x": 415,
	} {
		got := s.call("nurse", "POST", "/api/v1/consultations", request(nil), "Content-Type", content)
		if got.status != want {
			t.Errorf("%s: got %d, want %d", content, got.status, want)
		}
	}
	got := s.call("nurse", "POST", "/api/v1/consultations", request(nil), "Content-Encoding", "gzip")
	if got.status != 415 {
		t.Errorf("compressed: got %d", got.status)
	}
}

func TestBadActions(t *testing.T) {
	s := start(t)
	id := s.submit("nurse", nil)
	for _, c := range []struct {
		who, action, body, faults string
	}{
		{"child1", "claim", `{"x":1}`, "/x unknown-field"},
		{"child1", "claim", `[]`, " wrong-type"},
		{"child2", "assign", `{}`, "/person required"},
		{"child2", "assign", `{"person":"youth1"}`, "/person not-a-member"},
		{"child2", "assign", `{"person":5}`, "/person wrong-type"},
		{"child1", "hand-over", `{}`, "/pool required, /reason required"},
		{"child1", "hand-over", `{"pool":"child","reason":"r"}`, "/pool has-it-already"},
		{"child1", "join", `{"pool":"nowhere","reason":"r"}`, "/pool unknown-value"},
		{"child1", "claim", ``, ""},
		{"child1", "ask", `{}`, "/text required"},
		{"child1", "answer", `{}`, "/text required, /disposition required"},
		{"child1", "answer", `{"text":"a","disposition":"advice","minutes":1.5}`, "/minutes wrong-type"},
		{"child1", "answer", `{"text":"a","disposition":"advice","minutes":-3}`, "/minutes unknown-value"},
		{"child1", "answer", `{"text":"a","disposition":"advice","minutes":"3"}`, "/minutes unknown-value"},
		{"child1", "answer", `{"text":"a","disposition":"advice","minutes":[]}`, "/minutes wrong-type"},
		{
			"child1", "answer", `{"text":"a","disposition":"advice","plan":[{"what":"x"},{"due":"soon","what":""}]}`,
			"/plan/1/what required, /plan/1/due bad-date",
		},
		{"child1", "ask", `{"text":"Since when?"}`, ""},
		{"nurse", "reply", `{"text":"131052-308T"}`, "/text identity"},
		{"nurse", "reply", `{"text":"131052-308T","identity_confirmed":["/text"]}`, ""},
		{"child1", "answer", `{"text":"a","disposition":"advice"}`, ""},
		{"nurse", "close", `{}`, "/outcome required, /referral required, /value_client required, /value_me required"},
		{
			"nurse", "close", `{"outcome":"confirmed","referral":"avoided","value_client":0,"value_me":6}`,
			"/value_client out-of-range, /value_me out-of-range",
		},
		{
			"nurse", "close", `{"outcome":"confirmed","referral":"avoided","value_client":4,"value_me":5,"text":"131052-308T is well"}`,
			"/text identity",
		},
		{
			"nurse", "close", `{"outcome":"confirmed","referral":"avoided","value_client":4,"value_me":5,"text":"131052-308T is well",
			"identity_confirmed":["/text"]}`, "",
		},
	} {
		before := s.store.Journal.Head()
		got := s.act(c.who, id, c.action, c.body)
		if c.faults == "" {
			got.want(t, 200)
			continue
		}
		if faults := strings.Join(got.want(t, 422).faults(t), ", "); faults != c.faults {
			t.Errorf("%s %s: got %q, want %q", c.action, c.body, faults, c.faults)
		}
		if s.store.Journal.Head() != before {
			t.Errorf("%s %s: something was saved", c.action, c.body)
		}
	}
}

func TestInterlockConfirmed(t *testing.T) {
	s := start(t)
	body := request(object{"concerns": []string{"self-harm"}})
	got := s.call("nurse", "POST", "/api/v1/consultations", body, "Accept-Language", "sv").want(t, 422)
	fault := got.json(t)["errors"].([]any)[0].(object)
	for name, want := range (object{"id": "self-harm", "block": false, "phone": "116117", "show": "Ring jouren"}) {
		if fault[name] != want {
			t.Errorf("%s: got %v, want %v", name, fault[name], want)
		}
	}
	s.submit("nurse", object{"concerns": []string{"self-harm"}, "interlock_confirmed": []string{"self-harm"}})
}

func TestIdentityConfirmed(t *testing.T) {
	s := start(t)
	body := request(object{"background": "x 131052-308T"})
	fault := s.call("nurse", "POST", "/api/v1/consultations", body).want(t, 422).json(t)["errors"].([]any)[0].(object)
	if fault["kind"] != "hetu" || fault["start"] != 2.0 || fault["end"] != 13.0 {
		t.Errorf("found: %v", fault)
	}
	body["identity_confirmed"] = []string{"/background"}
	s.call("nurse", "POST", "/api/v1/consultations", body).want(t, 201)
}

func TestPreview(t *testing.T) {
	s := start(t)
	facts := func(other object) object {
		f := object{"age": 9, "concern": []string{"mood"}, "municipality": "Tampere"}
		for name, v := range other {
			f[name] = v
		}
		return f
	}
	before := s.store.Journal.Head()
	got := s.call("nurse", "POST", "/api/v1/routing/preview", facts(nil)).want(t, 200).json(t)
	if got["pool"] != "child" || got["rule"] != "children" || got["answer_by"] != "2026-11-22T11:00:00+02:00" {
		t.Errorf("preview: %v", got)
	}
	acute := facts(object{"red-flag": []string{"psychosis"}, "age": 14})
	got = s.call("nurse", "POST", "/api/v1/routing/preview", acute).want(t, 200).json(t)
	if got["pool"] != "" || !slices.Equal(got["interlocks"].([]any), []any{"acute"}) || got["claim_by"] != nil {
		t.Errorf("blocked: %v", got)
	}
	for want, body := range map[string]object{
		"/age required":               facts(object{"age": nil}),
		"/age wrong-type":             facts(object{"age": "9"}),
		"/age out-of-range":           facts(object{"age": 200}),
		"/concern required":           facts(object{"concern": []string{}}),
		"/concern/0 unknown-value":    facts(object{"concern": []string{"x"}}),
		"/red-flag/0 unknown-value":   facts(object{"red-flag": []string{"x"}}),
		"/municipality unknown-value": facts(object{"municipality": "x"}),
		"/profession unknown-value":   facts(object{"profession": "astronaut"}),
		"/concerns unknown-field":     facts(object{"concerns": []string{"mood"}}),
		"/language unknown-value":     facts(object{"language": "xx"}),
		"/age required, /municipality required, /concern required": {},
	} {
		faults := s.call("nurse", "POST", "/api/v1/routing/preview", body).want(t, 422).faults(t)
		if got := strings.Join(faults, ", "); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	// Who has no profession of their own must name one.
	faults := s.call("admin", "POST", "/api/v1/routing/preview", facts(nil)).want(t, 422).faults(t)
	if !slices.Equal(faults, []string{"/profession required"}) {
		t.Errorf("got %q", faults)
	}
	if s.store.Journal.Head() != before {
		t.Error("something was saved")
	}
}

func TestIdentityCheck(t *testing.T) {
	s := start(t)
	before := s.store.Journal.Head()
	got := s.call("nurse", "POST", "/api/v1/identity-check", object{"texts": object{"tried": "ä 131052-308T", "question": "?"}}).want(t, 200)
	if want := `{"findings":[{"field":"tried","kind":"hetu","start":2,"end":13}]}`; string(got.body) != want {
		t.Errorf("got %s, want %s", got.body, want)
	}
	got = s.call("nurse", "POST", "/api/v1/identity-check", object{"texts": object{}}).want(t, 200)
	if want := `{"findings":[]}`; string(got.body) != want {
		t.Errorf("got %s, want %s", got.body, want)
	}
	for want, body := range map[string]any{
		"/texts required":          object{},
		"/texts/tried wrong-type":  object{"texts": object{"tried": 1}},
		"/texts wrong-type":        object{"texts": []int{}},
		"/texts/a duplicate-field": `{"texts":{"a":"1","a":"2"}}`,
	} {
		faults := s.call("nurse", "POST", "/api/v1/identity-check", body).want(t, 422).faults(t)
		if got := strings.Join(faults, ", "); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if s.store.Journal.Head() != before || strings.Contains(s.log.String(), "131052") {
		t.Error("something was saved or logged")
	}
}

// Whoever writes a program against the API is told what belongs in the place of what was sent.
func TestFaultsSayWhatBelongsThere(t *testing.T) {
	s := start(t)
	for pointer, c := range map[string]struct {
		body   any
		detail string
	}{
		"/urgency":            {request(object{"urgency": "asap"}), "The value is not known. Allowed are: routine, soon, urgent."},
		"/concerns":           {request(object{"concerns": "mood"}), "The value is of the wrong type. Here belongs an array."},
		"/client/age":         {request(client(object{"age": 14.5})), "The value is of the wrong type. Here belongs an integer."},
		"/client/pregnant":    {request(client(object{"pregnant": "no"})), "The value is of the wrong type. Here belongs true or false (boolean)."},
		"/client":             {request(object{"client": []int{1}}), "The value is of the wrong type. Here belongs an object."},
		"/question":           {request(object{"question": 7}), "The value is of the wrong type. Here belongs a string."},
		"/instruments/0/date": {request(object{"instruments": []any{object{"name": "R-BDI-13", "score": 1, "date": "2.11.26"}}}), "The date cannot be read. Write it as 2026-11-02."},
	} {
		t.Run(pointer, func(t *testing.T) {
			s.t = t
			got := s.call("nurse", "POST", "/api/v1/consultations", c.body, "Accept-Language", "en").want(t, 422)
			if !bytes.Contains(got.body, []byte(`{"pointer":"`+pointer+`",`)) || !bytes.Contains(got.body, []byte(`"detail":"`+c.detail+`"`)) {
				t.Errorf("want %q at %s in %s", c.detail, pointer, got.body)
			}
		})
	}
}
