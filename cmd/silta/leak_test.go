package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"silta/notify/mail/mailtest"
)

// leakMark is in all that the test types. It is followed by a number.
const leakMark = "Vuotomerkki"

// TestNothingTypedLeaves types a mark into every field that the API's description and the forms of all pages have, rightly and
// wrongly, and looks for it wherever nothing that was typed may be: logs, metrics, addresses, mails, answers that are errors, and all
// files of the data directory, the event store's among them. A field that is added later is found by itself.
func TestNothingTypedLeaves(t *testing.T) {
	mails := mailtest.Start(t, mailtest.Options{})
	data := filepath.Join(t.TempDir(), "data")
	p := startDemo(t, "--data", data, "--empty", "--smtp", mails.Addr)
	typed := 0
	next := func() string { typed++; return fmt.Sprintf("%s%d", leakMark, typed) }

	var request sent
	body := anonymous(9)
	body["background"], body["tried"], body["assessment"], body["question"] = next(), next(), next(), next()
	if status := p.call("nurse", http.MethodPost, "/api/v1/consultations", body, &request); status != http.StatusCreated {
		t.Fatal(status)
	}
	if status := p.call("childpsych", http.MethodPost, "/api/v1/consultations/"+request.ID+"/claim", map[string]any{}, nil); status != http.StatusOK {
		t.Fatal(status)
	}
	d := described{t: t, next: next}
	if status := p.call("nurse", http.MethodGet, "/api/openapi.json", nil, &d.doc); status != http.StatusOK {
		t.Fatal(status)
	}
	table := fieldTable(t)
	d.inTable(table)
	j := journey{t: t, base: p.url, table: table, next: next, marks: map[typable][]string{}}
	j.live()
	calls := 0
	for path, methods := range d.doc["paths"].(map[string]any) {
		for method, operation := range methods.(map[string]any) {
			for _, wrong := range []bool{true, false} {
				body, ok := d.body(operation.(map[string]any), wrong)
				if !ok {
					continue
				}
				for _, who := range []string{"nurse", "childpsych", "youthpsych", "admin"} {
					calls++
					checkCall(t, p.url, who, method, "/api"+strings.ReplaceAll(path, "{id}", request.ID), body)
				}
			}
		}
	}
	broken := garble(t, p.url, request.ID, next, false)
	forms := 0
	for _, who := range []string{"nurse", "childpsych2", "youthpsych", "admin", "auditor"} {
		forms += crawl(t, p.url, who, next, false)
	}
	if calls < 50 || forms < 15 || typed < 100 {
		t.Errorf("%d calls, %d forms, %d fields: the test types next to nothing", calls, forms, typed)
	}
	metrics, err := client.Get(p.url + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer metrics.Body.Close()
	if text, err := io.ReadAll(metrics.Body); err != nil || marked(string(text)) {
		t.Errorf("a metric holds what was typed (%v)", err)
	}
	p.stop()
	if log := p.stderr.String(); marked(log) {
		t.Errorf("the log holds what was typed:\n%s", log)
	}
	for _, m := range mails.Mails() {
		if text := string(m.Raw) + mailtest.Text(t, m.Raw); strings.Contains(text, leakMark) || strings.Contains(text, leakHetu) {
			t.Errorf("a mail holds what was typed:\n%s", m.Raw)
		}
	}
	for _, mark := range []string{leakMark, leakHetu} {
		nothingTyped(t, data, mark)
	}
	nothingTyped(t, filepath.Join(data, "nats"), staffMark)
	t.Logf("%d calls, %d forms, %d garbled, %d fields, %d mails", calls, forms, broken, typed, len(mails.Mails()))
}

// marked reports whether a text holds anything that was typed, in whatever case.
func marked(text string) bool {
	text = strings.ToLower(text)
	return slices.ContainsFunc([]string{leakMark, staffMark, leakHetu}, func(mark string) bool { return strings.Contains(text, strings.ToLower(mark)) })
}

// garble sends what is no request at all, with a mark in it: JSON that breaks off, bodies of other types and far too long ones, methods
// that an address does not have, marks in addresses and headers. No answer may repeat it; of members that an input does not have only names that
// could be a field's are told. Fails: the server may. It returns how many those were.
func garble(t *testing.T, base, id string, next func() string, fails bool) (sent int) {
	t.Helper()
	long := strings.Repeat("x", 600<<10)
	for _, path := range []string{
		"/api/v1/consultations", "/api/v1/consultations/" + id + "/add", "/api/v1/identity-check", "/requests", "/requests/" + id + "/add", "/requests/preview", "/sign-in", "/find", "/rules/check",
	} {
		for _, tc := range []struct{ method, kind, body, query string }{
			{"POST", "application/json", `{"question": "` + next(), ""}, {"POST", "application/json", `{"is ` + next() + `": 1}`, ""},
			{"POST", "application/json", "[" + next() + "]", ""}, {"POST", "application/json", `{"text": "` + next() + long + `"}`, ""},
			{"POST", "text/plain", next(), ""}, {"POST", "multipart/form-data; boundary=" + next(), "--" + next(), ""},
			{"POST", "application/x-www-form-urlencoded", "text=" + next() + "%zz&" + next() + ";=%", ""},
			{"PUT", "application/json", `"` + next() + `"`, ""}, {"DELETE", "text/plain", next(), ""}, {"PATCH", "text/plain", next(), ""},
			{"TRACE", "text/plain", "", ""}, {"GET", "", "", "?after=" + next() + "&is%20" + next() + "=1&lang=" + next()}, {"GET", "", "", "/" + next()},
			{strings.ToUpper(next()), "text/plain", next(), ""},
		} {
			req, err := http.NewRequestWithContext(t.Context(), tc.method, base+path+tc.query, strings.NewReader(tc.body))
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Authorization", "Bearer demo-nurse")
			req.Header.Set("Content-Type", tc.kind)
			for _, h := range []string{"Referer", "User-Agent", "X-Request-Id", "Idempotency-Key", "If-Match", "Accept-Language"} {
				req.Header.Set(h, next())
			}
			res, err := client.Do(req)
			if err != nil {
				t.Fatalf("%s %s: %v", tc.method, path, err)
			}
			answer, err := io.ReadAll(res.Body)
			_ = res.Body.Close()
			sent++
			if err != nil || res.StatusCode >= 500 && res.StatusCode != http.StatusNotImplemented && !fails {
				t.Errorf("%s %s%s: %d %v", tc.method, path, tc.query, res.StatusCode, err)
			}
			if said := string(answer) + fmt.Sprint(res.Header); strings.Contains(said, leakMark) && res.Request.URL.Path != "/sign-in" {
				t.Errorf("%s %s (%d) repeats what was sent: %.300s", tc.method, path, res.StatusCode, said)
			}
		}
	}
	return sent
}

// checkCall makes a call. An answer that is an error must not say what was typed, nor may any header.
func checkCall(t *testing.T, base, who, method, path string, body any) {
	t.Helper()
	data, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), strings.ToUpper(method), base+path, bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer demo-"+who)
	req.Header.Set("Content-Type", "application/json")
	res, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if res.StatusCode >= 500 {
		t.Errorf("%s %s as %s: %d", method, path, who, res.StatusCode)
	}
	if res.StatusCode >= 400 && bytes.Contains(answer, []byte(leakMark)) {
		t.Errorf("%s %s as %s: the error holds what was typed: %s", method, path, who, answer)
	}
	if strings.Contains(fmt.Sprint(res.Header), leakMark) {
		t.Errorf("%s %s as %s: a header holds what was typed", method, path, who)
	}
}

// described makes bodies out of an OpenAPI description.
type described struct {
	t    *testing.T
	doc  map[string]any
	next func() string
}

// body returns a body for an operation that takes JSON. Wrong: with a mark even where a code or a date must stand.
func (d described) body(operation map[string]any, wrong bool) (any, bool) {
	request, _ := operation["requestBody"].(map[string]any)
	content, _ := request["content"].(map[string]any)
	media, ok := content["application/json"].(map[string]any)
	if !ok {
		return nil, false
	}
	return d.value(media["schema"].(map[string]any), wrong, 0), true
}

func (d described) value(schema map[string]any, wrong bool, depth int) any {
	if ref, ok := schema["$ref"].(string); ok {
		components := d.doc["components"].(map[string]any)["schemas"].(map[string]any)
		return d.value(components[ref[strings.LastIndex(ref, "/")+1:]].(map[string]any), wrong, depth+1)
	}
	if depth > 12 {
		return nil
	}
	for _, many := range []string{"oneOf", "anyOf", "allOf"} {
		if list, ok := schema[many].([]any); ok {
			return d.value(list[0].(map[string]any), wrong, depth+1)
		}
	}
	kind, _ := schema["type"].(string)
	if kinds, ok := schema["type"].([]any); ok {
		kind, _ = kinds[0].(string)
	}
	enum, _ := schema["enum"].([]any)
	switch {
	case len(enum) > 0 && !wrong:
		return enum[0]
	case kind == "object" || schema["properties"] != nil:
		object := map[string]any{}
		properties, _ := schema["properties"].(map[string]any)
		for _, name := range slices.Sorted(maps.Keys(properties)) {
			object[name] = d.value(properties[name].(map[string]any), wrong, depth+1)
		}
		if more, ok := schema["additionalProperties"].(map[string]any); ok {
			object["field"] = d.value(more, wrong, depth+1)
		}
		if wrong {
			object["unheard-of"] = d.next()
		}
		return object
	case kind == "array":
		items, _ := schema["items"].(map[string]any)
		return []any{d.value(items, wrong, depth+1)}
	case kind == "integer" || kind == "number":
		return 3
	case kind == "boolean":
		return true
	case schema["format"] == "date" && !wrong:
		return "2026-11-02"
	}
	return d.next()
}

// crawl signs in, follows the links of all pages, and sends every form with a mark in each field, and returns how many those were. Fails: the server may.
func crawl(t *testing.T, base, who string, next func() string, fails bool) (sent int) {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	browser := &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	do := func(method, path string, form url.Values) *goquery.Document {
		req, err := http.NewRequestWithContext(t.Context(), method, base+path, strings.NewReader(form.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		if method == http.MethodPost {
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		res, err := browser.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		if res.StatusCode >= 500 && !fails {
			t.Errorf("%s %s as %s: %d", method, path, who, res.StatusCode)
		}
		if strings.Contains(fmt.Sprint(res.Header), leakMark) {
			t.Errorf("%s %s as %s: a header holds what was typed", method, path, who)
		}
		doc, err := goquery.NewDocumentFromReader(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		return doc
	}
	do(http.MethodPost, "/sign-in", url.Values{"name": {who}, "password": {"demo"}})
	paths, seen := []string{"/", "/requests", "/requests/new", "/queue", "/find", "/openings", "/access", "/account"}, map[string]bool{}
	const most = 60
	for len(paths) > 0 && len(seen) < most {
		path := paths[0]
		paths = paths[1:]
		bare, _, _ := strings.Cut(path, "?")
		if seen[bare] || strings.HasPrefix(path, "/static/") || strings.HasSuffix(bare, "/stream") || strings.HasPrefix(path, "//") {
			continue
		}
		seen[bare] = true
		page := do(http.MethodGet, path, nil)
		page.Find("a[href]").Each(func(_ int, a *goquery.Selection) {
			if href, _ := a.Attr("href"); strings.HasPrefix(href, "/") {
				if strings.Contains(href, leakMark) {
					t.Errorf("%s as %s: an address holds what was typed", path, who)
				}
				paths = append(paths, href)
			}
		})
		page.Find("form[method=post]").Each(func(_ int, f *goquery.Selection) {
			action, _ := f.Attr("action")
			// Who is signed in stays so, and the tokens that the test calls with stay good.
			if action == "/sign-out" || strings.HasPrefix(action, "/account/sessions") || strings.HasPrefix(action, "/account/tokens/") || !strings.HasPrefix(action, "/") {
				return
			}
			form := url.Values{}
			f.Find("input[name],textarea[name],select[name]").Each(func(_ int, in *goquery.Selection) {
				name, _ := in.Attr("name")
				kind, _ := in.Attr("type")
				value, _ := in.Attr("value")
				if kind == "hidden" || kind == "radio" || kind == "checkbox" {
					form.Set(name, value)
					return
				}
				form.Set(name, next())
			})
			sent++
			do(http.MethodPost, action, form)
		})
	}
	return sent
}
