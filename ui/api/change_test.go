package api_test

import (
	"bytes"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"silta/consult"
)

func TestSubmitAgain(t *testing.T) {
	s := start(t)
	submit := func(who, key string, body any) answer {
		return s.call(who, "POST", "/api/v1/consultations", body, "Idempotency-Key", key)
	}
	first := submit("nurse", "key 1", request(nil)).want(t, 201)
	again := submit("nurse", "key 1", request(nil)).want(t, 201)
	if !bytes.Equal(first.body, again.body) || first.header.Get("Location") != again.header.Get("Location") {
		t.Errorf("first %s, then %s", first.body, again.body)
	}
	submit("nurse", "key 1", request(object{"question": "Another?"})).want(t, 409)
	other := submit("nurse2", "key 1", request(nil)).want(t, 201)
	if bytes.Equal(first.body, other.body) {
		t.Error("the key of another person was taken for theirs")
	}
	for _, bad := range []string{strings.Repeat("k", 256), "ä", "a\tb"} {
		got := submit("nurse", bad, request(nil)).want(t, 422).json(t)["errors"].([]any)[0].(object)
		if got["header"] != "Idempotency-Key" || got["code"] != "bad-header" {
			t.Errorf("key of %d bytes: %v", len(bad), got)
		}
	}
	submit("nurse", strings.Repeat("k", 255), request(nil)).want(t, 201)
}

func TestChangeAgain(t *testing.T) {
	s := start(t)
	id := s.submit("nurse", nil)
	s.act("child1", id, "claim", nil, "Idempotency-Key", "k").want(t, 200)
	s.act("child1", id, "ask", object{"text": "?"}, "Idempotency-Key", "k").want(t, 200)
	again := s.act("child1", id, "ask", object{"text": "?"}, "Idempotency-Key", "k").want(t, 200).json(t)
	if revision, err := s.store.Journal.Subject(consult.KindConsultation, id); again["version"] != 3.0 || revision != 3 || err != nil {
		t.Errorf("asked twice: %v, %d, %v", again, revision, err)
	}
	other := s.act("child1", id, "ask", object{"text": "??"}, "Idempotency-Key", "k").want(t, 409).json(t)
	if other["type"] != "urn:silta:problem:conflict.idempotency" {
		t.Errorf("asked something else under the key: %v", other)
	}
	s.act("child1", id, "ask", object{"text": "?"}).want(t, 409)
}

func TestIfMatch(t *testing.T) {
	s := start(t)
	id := s.submit("nurse", nil)
	for value, want := range map[string]int{
		`"2"`: 412, `"0"`: 412, `"9223372036854775807"`: 412, `"9223372036854775808"`: 422, `1`: 422, `"1`: 422, `"01"`: 422, `W/"1"`: 422,
		`"+1"`: 422, `"x"`: 422, `""`: 422, `"1", "2"`: 422,
	} {
		if got := s.act("child1", id, "claim", nil, "If-Match", value); got.status != want {
			t.Errorf("%s: got %d, want %d", value, got.status, want)
		}
	}
	s.act("child1", id, "claim", nil, "If-Match", `"1"`).want(t, 200)
	s.act("child1", id, "release", nil, "If-Match", `*`).want(t, 200)
}

func TestPagesHaveEverythingOnce(t *testing.T) {
	s := start(t)
	var sent []string
	for i := range 25 {
		sent = append(sent, s.submit("nurse", object{"urgency": []string{"routine", "urgent"}[i%2]}))
	}
	s.submit("nurse2", client(object{"age": 15}))
	slices.Sort(sent)
	for _, c := range []struct{ who, query string }{
		{"nurse", "box=mine"}, {"nurse", "box=mine&pool=child"}, {"child1", "box=queue"}, {"child2", "box=pool&pool=child"}, {"child1", "box=queue&state=submitted"},
		{"child1", "box=queue&pool=&state=&limit=&after="},
	} {
		for _, limit := range []int{1, 7, 25, 200, 5_000} {
			var got []string
			after, last, pages := "", "", 0
			for {
				page := s.call(c.who, "GET", fmt.Sprintf("/api/v1/consultations?%s&limit=%d&after=%s",
					strings.ReplaceAll(c.query, "&limit=&after=", ""), limit, url.QueryEscape(after)), nil).want(t, 200).json(t)
				items := page["items"].([]any)
				if len(items) > limit {
					t.Fatalf("%d items on a page of %d", len(items), limit)
				}
				for _, item := range items {
					o := item.(object)
					if due := o["answer_by"].(string) + o["id"].(string); due < last {
						t.Errorf("%s is before %s", last, due)
					} else {
						last = due
					}
					got = append(got, o["id"].(string))
				}
				if after = page["next"].(string); after == "" {
					break
				}
				if pages++; pages > len(sent) {
					t.Fatal("the list has no end")
				}
			}
			slices.Sort(got)
			if !slices.Equal(got, sent) {
				t.Errorf("%s %s in pages of %d: got %d, want %d", c.who, c.query, limit, len(got), len(sent))
			}
		}
	}
	for _, query := range []string{"box=queue&pool=youth", "box=held", "box=mine&state=closed", "box=queue&state=closed"} {
		got := s.call("child1", "GET", "/api/v1/consultations?"+query, nil).want(t, 200).json(t)
		if len(got["items"].([]any)) != 0 || got["next"] != "" {
			t.Errorf("%s: %v", query, got)
		}
	}
	for _, pool := range []string{"youth", "nowhere"} {
		got := s.call("nurse", "GET", "/api/v1/consultations?box=mine&pool="+pool, nil).want(t, 200).json(t)
		if len(got["items"].([]any)) != 0 {
			t.Errorf("sent by me and answered by %s: %v", pool, got)
		}
	}
	s.act("child1", sent[3], "claim", nil).want(t, 200)
	held := s.call("child1", "GET", "/api/v1/consultations?box=held", nil).want(t, 200).json(t)["items"].([]any)
	if len(held) != 1 || held[0].(object)["id"] != sent[3] {
		t.Errorf("held: %v", held)
	}
	if strings.Contains(fmt.Sprint(held), "What now?") {
		t.Errorf("a list has what was typed: %v", held)
	}
}

func TestBadQueries(t *testing.T) {
	s := start(t)
	for query, want := range map[string]string{
		"":                        "/box required",
		"box=all":                 "/box unknown-value",
		"box=mine&box=held":       "/box duplicate-field",
		"box=mine&state=%zz":      " not-utf8",
		"box=mine&limit=0":        "/limit out-of-range",
		"box=mine&limit=-1":       "/limit out-of-range",
		"box=mine&limit=x":        "/limit out-of-range",
		"box=mine&limit=1e1":      "/limit out-of-range",
		"box=mine&state=open":     "/state unknown-value",
		"box=mine&after=x":        "/after bad-cursor",
		"box=mine&after=AAAAAAAA": "/after bad-cursor",
		"box=mine&after=" + strings.Repeat("A", 400): "/after bad-cursor",
		"box=mine&sort=age":                          "/sort unknown-field",
		"box=mine&so+rt=age":                         "/ unknown-field",
		"state=open&limit=-1":                        "/box required, /limit out-of-range, /state unknown-value",
	} {
		faults := s.call("nurse", "GET", "/api/v1/consultations?"+query, nil).want(t, 422).faults(t)
		if got := strings.Join(faults, ", "); got != want {
			t.Errorf("%s: got %q, want %q", query, got, want)
		}
	}
	if consult.MaxPage != 200 {
		t.Error("the description says that a page has at most 200")
	}
}
