package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// buildOnce builds the program once for all tests that run it as a process of its own.
var buildOnce = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "silta-test-")
	if err != nil {
		return "", err
	}
	binary := filepath.Join(dir, "silta")
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return binary, nil
})

// process is a running demo.
type process struct {
	t    testing.TB
	cmd  *exec.Cmd
	url  string
	nats string
	// stderr is what it logged. It may be read when the process has ended.
	stderr *bytes.Buffer
	done   chan error
}

var (
	saysURL  = regexp.MustCompile(`Silta demo: (http://\S+)`)
	saysNATS = regexp.MustCompile(`Events: +(nats://[^,\s]+)`)
)

// startDemo starts a demo on a free port and returns when it has introduced itself. It is killed at the end of the test.
func startDemo(t testing.TB, args ...string) *process {
	t.Helper()
	binary, err := buildOnce()
	if err != nil {
		t.Fatal(err)
	}
	p := &process{t: t, stderr: new(bytes.Buffer), done: make(chan error, 1)}
	p.cmd = exec.Command(binary, append([]string{"demo", "--listen", "127.0.0.1:0"}, args...)...)
	p.cmd.Stderr = p.stderr
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.kill)
	lines := bufio.NewScanner(out)
	var said strings.Builder
	for lines.Scan() {
		said.WriteString(lines.Text() + "\n")
		if m := saysURL.FindStringSubmatch(lines.Text()); m != nil {
			p.url = m[1]
		}
		if m := saysNATS.FindStringSubmatch(lines.Text()); m != nil {
			p.nats = m[1]
		}
		if strings.HasPrefix(lines.Text(), "End it with") {
			go func() {
				_, _ = io.Copy(io.Discard, out)
				p.done <- p.cmd.Wait()
			}()
			return p
		}
	}
	_ = p.cmd.Wait()
	p.done <- nil
	t.Fatalf("the demo did not start:\n%s%s", said.String(), p.stderr)
	return nil
}

// kill ends it at once, as a power cut would, and waits until it is gone.
func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	p.wait()
}

func (p *process) wait() error {
	err := <-p.done
	p.done <- err
	return err
}

// stop asks it to end, and fails the test unless it ends well.
func (p *process) stop() {
	p.t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		p.t.Fatal(err)
	}
	if err := p.wait(); err != nil {
		p.t.Errorf("after SIGTERM: %v\n%s", err, p.stderr)
	}
}

// call sends a request of one of the demo's people to the API and decodes the answer into reply, unless that is nil. It returns the
// status, 0 where there was no answer.
func (p *process) call(who, method, path string, body, reply any) int {
	status, err := call(context.Background(), p.url, who, method, path, body, reply)
	if err != nil {
		p.t.Helper()
		p.t.Fatalf("%s %s: %v", method, path, err)
	}
	return status
}

var client = &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 128}}

func call(ctx context.Context, base, who, method, path string, body, reply any) (int, error) {
	var sent io.Reader
	if body != nil {
		data, err := json.Marshal(body)
		if err != nil {
			return 0, err
		}
		sent = bytes.NewReader(data)
	}
	req, err := http.NewRequestWithContext(ctx, method, base+path, sent)
	if err != nil {
		return 0, err
	}
	req.Header.Set("Authorization", "Bearer demo-"+who)
	req.Header.Set("Content-Type", "application/json")
	res, err := client.Do(req)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		return 0, err
	}
	if reply != nil {
		if err := json.Unmarshal(data, reply); err != nil {
			return res.StatusCode, fmt.Errorf("%d %s: %w", res.StatusCode, data, err)
		}
	}
	return res.StatusCode, nil
}

// sent is what tests look at in a consultation.
type sent struct {
	ID, Ref, State, Pool, Rule, Urgency, Holder string
	Joined                                      []string
	Version                                     uint64
	Escalation                                  int
	AnswerBy                                    time.Time `json:"answer_by"`
	Timeline                                    []struct{ Type, By string }
}

// anonymous is a submission by age, of a child of a municipality that the example region has.
func anonymous(age int) map[string]any {
	return map[string]any{
		"client":   map[string]any{"age": age, "municipality": "Ylöjärvi", "language": "fi"},
		"concerns": []string{"mood", "school-absence"}, "urgency": "soon", "mode": "written",
		"background": "Poissaoloja viikoittain syksystä alkaen.", "tried": "Kaksi käyntiä.", "question": "Miten jatkamme?",
	}
}
