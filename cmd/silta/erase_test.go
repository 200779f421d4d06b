package main

import (
	"bytes"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestErase: what was typed is nowhere in the data directory in clear, and after its erasure on a running server the request is gone
// from everywhere while the log still proves whole.
func TestErase(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	p := startDemo(t, "--data", data, "--empty")
	typed := map[string]any{}
	for k, v := range anonymous(9) {
		typed[k] = v
	}
	const mark = "MERKKIsananaa"
	typed["background"], typed["tried"], typed["assessment"], typed["question"] = mark+"1", mark+"2", mark+"4", mark+"3"
	var gone, kept sent
	if status := p.call("nurse", http.MethodPost, "/api/v1/consultations", typed, &gone); status != http.StatusCreated {
		t.Fatal(status)
	}
	if status := p.call("nurse", http.MethodPost, "/api/v1/consultations", typed, &kept); status != http.StatusCreated {
		t.Fatal(status)
	}
	for _, path := range []string{"/claim", "/ask"} {
		if status := p.call("childpsych", http.MethodPost, "/api/v1/consultations/"+gone.ID+path, map[string]any{
			"/claim": map[string]any{}, "/ask": map[string]any{"text": mark + "4"},
		}[path], nil); status != http.StatusOK {
			t.Fatal(path, status)
		}
	}
	reason := map[string]any{"reason": "cover", "text": mark + "5"}
	if status := p.call("youthpsych", http.MethodPost, "/api/v1/consultations/"+gone.Ref+"/access", reason, nil); status != http.StatusOK {
		t.Fatal("access: ", status)
	}
	if status := p.call("nurse", http.MethodPost, "/api/v1/consultations/"+gone.Ref+"/access", reason, nil); status != http.StatusNotFound {
		t.Error("a sender opened a request for a reason: ", status)
	}
	writes := func(p *process, request string) *visitor {
		psych := (&journey{t: t, base: p.url}).as("childpsych", "demo")
		res, _ := psych.post("/drafts/ask-"+request, url.Values{"text": {mark + "6"}, "command": {"c-" + request}})
		if res.StatusCode != http.StatusOK {
			t.Fatal("a draft: ", res.Status)
		}
		return psych
	}
	shows := func(psych *visitor, request string) bool {
		_, page := psych.do(http.MethodGet, "/requests/"+request, nil)
		return strings.Contains(page.Text(), mark+"6")
	}
	psych := writes(p, gone.ID)
	writes(p, kept.ID)
	nothingTyped(t, data, mark)

	silta(t, 2, "erase", gone.Ref, "--data", data)
	if said := silta(t, 1, "erase", "S-2026-9999", "--yes", "--data", data); !strings.Contains(said, "no such request") {
		t.Error(said)
	}
	if said := silta(t, 0, "erase", gone.Ref, "--yes", "--data", data); !strings.Contains(said, "1 requests, 1 stated reasons") {
		t.Error(said)
	}
	for _, who := range []string{"nurse", "childpsych", "youthpsych"} {
		if status := p.call(who, http.MethodGet, "/api/v1/consultations/"+gone.ID, nil, nil); status != http.StatusNotFound {
			t.Errorf("%s: %d", who, status)
		}
	}
	if status := p.call("nurse", http.MethodGet, "/api/v1/consultations/"+kept.ID, nil, nil); status != http.StatusOK {
		t.Errorf("the other request: %d", status)
	}
	if shows(psych, gone.ID) || !shows(psych, kept.ID) {
		t.Error("what was begun to be written on the request is there yet, or that on the other one is not")
	}
	silta(t, 0, "verify", "--data", data)
	p.stop()
	silta(t, 0, "verify", "--data", data)
	silta(t, 1, "erase", gone.Ref, "--yes", "--data", data) // Gone already.
	silta(t, 0, "erase", kept.Ref, "--yes", "--data", data) // On a stopped server.
	silta(t, 0, "verify", "--data", data)
	nothingTyped(t, data, mark)
	q := startDemo(t, "--data", data, "--empty")
	if psych := (&journey{t: t, base: q.url}).as("childpsych", "demo"); shows(psych, kept.ID) {
		t.Error("what was begun to be written on the other request is there yet")
	}
}

// TestRetention: what has ended long ago is erased, what is open or recent is kept, and a preview says so before.
func TestRetention(t *testing.T) {
	dir := t.TempDir()
	data, file := filepath.Join(dir, "data"), filepath.Join(dir, "silta.yaml")
	p := startDemo(t, "--data", data, "--empty", "--clock", "2020-01-15T09:00")
	var ended, open sent
	for _, c := range []*sent{&ended, &open} {
		if status := p.call("nurse", http.MethodPost, "/api/v1/consultations", anonymous(9), c); status != http.StatusCreated {
			t.Fatal(status)
		}
	}
	if status := p.call("nurse", http.MethodPost, "/api/v1/consultations/"+ended.ID+"/withdraw", map[string]any{}, nil); status != http.StatusOK {
		t.Fatal(status)
	}
	p.stop()
	example, err := os.ReadFile("../../config.example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	config := strings.ReplaceAll(string(example), "/var/lib/silta", data)
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	would := silta(t, 0, "retention", "--preview", "--config", file)
	if !strings.HasPrefix(would, "would be erased: 1 requests") {
		t.Error(would)
	}
	if said := silta(t, 0, "retention", "--config", file); said != strings.TrimPrefix(would, "would be ") {
		t.Errorf("%s, and before: %s", said, would)
	}
	if said := silta(t, 0, "retention", "--preview", "--config", file); !strings.HasPrefix(said, "would be erased: 0 requests") {
		t.Error(said)
	}
	silta(t, 0, "verify", "--data", data)
	q := startDemo(t, "--data", data, "--empty", "--clock", "2020-01-15T10:00")
	defer q.stop()
	if status := q.call("nurse", http.MethodGet, "/api/v1/consultations/"+open.ID, nil, nil); status != http.StatusOK {
		t.Errorf("an open request: %d", status)
	}
	if status := q.call("nurse", http.MethodGet, "/api/v1/consultations/"+ended.ID, nil, nil); status != http.StatusNotFound {
		t.Errorf("an erased request: %d", status)
	}
	// The page tells of the run that erased; the others were previews.
	page := (&journey{t: t, base: q.url}).as("auditor", "demo").open("/retention")
	runs := page.Find("#retention-runs").Parent().Find("tbody tr")
	if runs.Length() != 1 || runs.First().Find("td").First().Text() != "1" {
		t.Errorf("the page tells of the runs: %s", runs.Text())
	}
}

// nothingTyped looks for a mark in all files of a directory.
func nothingTyped(t *testing.T, dir, mark string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(path)
		if os.IsNotExist(err) {
			return nil
		}
		if bytes.Contains(data, []byte(mark)) {
			t.Errorf("what was typed stands in %s", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
