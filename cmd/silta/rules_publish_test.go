package main

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// rulesOf fetches the rules in force and their ETag.
func (p *process) rulesOf() (document, version string) {
	p.t.Helper()
	status, header, body := p.routing(http.MethodGet, "")
	if status != http.StatusOK {
		p.t.Fatalf("GET routing: %d %s", status, body)
	}
	return body, header.Get("ETag")
}

// routing sends a request of the administrator about the rules.
func (p *process) routing(method, body string, headers ...string) (status int, header http.Header, reply string) {
	p.t.Helper()
	req, err := http.NewRequestWithContext(p.t.Context(), method, p.url+"/api/v1/routing", strings.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer demo-admin")
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := client.Do(req)
	if err != nil {
		p.t.Fatal(err)
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return res.StatusCode, res.Header, string(data)
}

// send sends a request of the nurse.
func (p *process) send(age int) sent {
	p.t.Helper()
	var c sent
	if status := p.call("nurse", http.MethodPost, "/api/v1/consultations", anonymous(age), &c); status != http.StatusCreated {
		p.t.Fatalf("submit: %d", status)
	}
	return c
}

// TestPublishedRules: new rules are for new requests. What was sent before keeps its deadlines, also where they are reckoned anew,
// and all of it outlives a restart; an old document can be published again.
func TestPublishedRules(t *testing.T) {
	data := t.TempDir()
	const clock = "2026-11-23T09:00:00+02:00"
	p := startDemo(t, "--empty", "--data", data, "--clock", clock)
	first, version := p.rulesOf()
	if version != `"1"` {
		t.Fatalf("a new demo has rules %s", version)
	}
	old := p.send(9)
	near := func(c sent, want time.Time) bool { return c.AnswerBy.Sub(want).Abs() < time.Hour }

	// Child psychiatry takes longer.
	const before, after = "answer-within: {urgent: 4h, soon: 2d, routine: 5d}", "answer-within: {urgent: 4h, soon: 9d, routine: 9d}"
	second := strings.Replace(first, before, after, 1)
	if second == first {
		t.Fatal("the example region has other deadlines than this test thinks")
	}
	if status, _, reply := p.routing(http.MethodPut, second, "If-Match", `"7"`); status != http.StatusPreconditionFailed {
		t.Errorf("on top of a version that is not in force: %d %s", status, reply)
	}
	headers := []string{"If-Match", version, "Content-Type", "application/yaml", "X-Comment", "hitaammin"}
	status, header, reply := p.routing(http.MethodPut, second, headers...)
	if status != http.StatusOK || header.Get("ETag") != `"2"` {
		t.Fatalf("publish: %d %s", status, reply)
	}
	slow := p.send(9)
	if !slow.AnswerBy.After(old.AnswerBy.Add(5 * 24 * time.Hour)) {
		t.Errorf("under the new rules: answer by %s, before it was %s", slow.AnswerBy, old.AnswerBy)
	}
	reckonAnew := func(c sent) sent {
		t.Helper()
		path := "/api/v1/consultations/" + c.ID
		for _, step := range []struct {
			who, action string
			body        map[string]any
		}{
			{"childpsych", "claim", map[string]any{}},
			{"childpsych", "ask", map[string]any{"text": "Nukkuuko lapsi?"}},
			{"nurse", "reply", map[string]any{"text": "Huonosti."}},
		} {
			if status := p.call(step.who, http.MethodPost, path+"/"+step.action, step.body, &c); status != http.StatusOK {
				t.Fatalf("%s: %d", step.action, status)
			}
		}
		return c
	}
	if got := reckonAnew(old); !near(got, old.AnswerBy) {
		t.Errorf("the older request, after a reply: answer by %s, it was %s", got.AnswerBy, old.AnswerBy)
	}
	p.stop()

	p = startDemo(t, "--empty", "--data", data, "--clock", clock)
	if got, version := p.rulesOf(); got != second || version != `"2"` {
		t.Errorf("after a restart version %s is in force", version)
	}
	if got := p.send(9); !near(got, slow.AnswerBy) {
		t.Errorf("a request after the restart: answer by %s, want %s", got.AnswerBy, slow.AnswerBy)
	}
	var again sent
	p.call("nurse", http.MethodGet, "/api/v1/consultations/"+old.ID, nil, &again)
	if !near(again, old.AnswerBy) {
		t.Errorf("the older request, after the restart: answer by %s, it was %s", again.AnswerBy, old.AnswerBy)
	}
	if got := reckonAnew(slow); !near(got, slow.AnswerBy) {
		t.Errorf("the newer request, after a reply: answer by %s, it was %s", got.AnswerBy, slow.AnswerBy)
	}

	back := filepath.Join(t.TempDir(), "first.yaml")
	if err := os.WriteFile(back, []byte(first), 0o600); err != nil {
		t.Fatal(err)
	}
	publish := publisher(t, data)
	if out := publish(1, back, "--expect", "1"); strings.Contains(out, "in force\n") {
		t.Errorf("on top of an older version: %s", out)
	}
	if out := publish(0, back, "--comment", "takaisin"); !strings.HasSuffix(out, "version 3 is in force\n") {
		t.Errorf("on a running server: %s", out)
	}
	if got := p.send(9); !near(got, old.AnswerBy) {
		t.Errorf("after the rollback: answer by %s, want %s", got.AnswerBy, old.AnswerBy)
	}
	// The administrator goes forth and back by the version's number, after a look at what that would mean.
	if out := publish(0, "--version", "2", "--dry-run"); !strings.Contains(out, "no request comes to anything else\n") ||
		!strings.Contains(out, ", 0 would have gone elsewhere; answer due later: 4 (by ") {
		t.Errorf("a dry run: %s", out)
	}
	publish(1, "--version", "2", "--as", "nurse")
	publish(1, "--version", "2", "--as", "nobody-known")
	if out := publish(0, "--version", "2", "--as", "admin"); !strings.HasSuffix(out, "version 4 is in force\n") {
		t.Errorf("an old version: %s", out)
	}
	if out := publish(0, "--version", "1"); !strings.HasSuffix(out, "version 5 is in force\n") {
		t.Errorf("back again: %s", out)
	}
	publish(1, "--version", "17")
	bad := filepath.Join(t.TempDir(), "bad.yaml")
	if err := os.WriteFile(bad, []byte(strings.ReplaceAll(first, "childpsych2", "nobody-known")), 0o600); err != nil {
		t.Fatal(err)
	}
	if out := publish(1, bad); !strings.Contains(out, "bad.yaml:") || !strings.Contains(out, "[unknown-person]") {
		t.Errorf("rules that name nobody: %s", out)
	}
	var versions struct {
		Items []struct {
			Number                    int
			By, Operator, Comment, At string
		}
	}
	p.call("auditor", http.MethodGet, "/api/v1/routing/versions", nil, &versions)
	if len(versions.Items) != 5 || versions.Items[1].By != "admin" || versions.Items[2].Comment != "takaisin" ||
		versions.Items[2].By != "system" || versions.Items[2].Operator != "ville" || versions.Items[3].Operator != "" || versions.Items[3].Comment != "hitaammin" || versions.Items[3].By != "admin" {
		t.Errorf("versions: %+v", versions)
	}
	p.stop()

	if out := publish(1, bad); !strings.Contains(out, "[unknown-person]") {
		t.Errorf("rules that name nobody, on a stopped server: %s", out)
	}
	if out := publish(0, "../../config.example.yaml"); !strings.HasSuffix(out, "version 6 is in force\n") {
		t.Errorf("on a stopped server: %s", out)
	}
}

// publisher runs silta rules publish on a data directory, and wants an exit status.
func publisher(t *testing.T, data string) func(want int, args ...string) string {
	binary, err := buildOnce()
	if err != nil {
		t.Fatal(err)
	}
	return func(want int, args ...string) string {
		t.Helper()
		args = append([]string{"rules", "publish", "--config", "../../config.example.yaml"}, args...)
		cmd := exec.CommandContext(t.Context(), binary, args...)
		cmd.Env = append(os.Environ(), "SILTA_DATA="+data, "SUDO_USER=ville")
		var out, errs bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &errs
		_ = cmd.Run()
		if got := cmd.ProcessState.ExitCode(); got != want {
			t.Fatalf("exit status %d, want %d\n%s%s", got, want, out.String(), errs.String())
		}
		return out.String()
	}
}

// TestOwnRules: a demo takes other rules than the example region's, whatever places and pools they have, and says what is wrong
// with bad ones before it starts.
func TestOwnRules(t *testing.T) {
	const own = `municipalities: [Utsjoki]
rules:
  - {id: kids, when: {age: "<13"}, to: kids}
otherwise: rest
pools:
  kids: {members: [childpsych]}
  rest: {members: [somebody-else]}
`
	file := filepath.Join(t.TempDir(), "own.yaml")
	write := func(rules string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(rules), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(own)
	p := startDemo(t, "--rules", file)
	facts := map[string]any{"age": 9, "concern": []string{"mood"}, "municipality": "Utsjoki", "profession": "teacher"}
	var x struct{ Pool, Rule string }
	status := p.call("nurse", http.MethodPost, "/api/v1/routing/preview", facts, &x)
	if status != http.StatusOK || x.Pool != "kids" || x.Rule != "kids" {
		t.Errorf("preview: %d %+v", status, x)
	}
	p.stop()

	write(strings.Replace(own, "to: kids}\n", "to: kids}\n  - {id: toddlers, when: {age: 2}, to: rest}\n", 1))
	binary, err := buildOnce()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), binary, "demo", "--listen", "127.0.0.1:0", "--rules", file)
	out, _ := cmd.CombinedOutput()
	refused := strings.Contains(string(out), "own.yaml:4:5: error: ") && strings.Contains(string(out), "[unreachable]")
	if got := cmd.ProcessState.ExitCode(); got != exitRun || !refused {
		t.Errorf("exit status %d: %s", got, out)
	}
}
