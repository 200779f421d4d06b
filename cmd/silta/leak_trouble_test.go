//go:build linux

package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/mail"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"silta/cmd/internal/app"
	"silta/cmd/internal/config"
	"silta/notify/mail/mailtest"
)

// notTaken is what the log says of a mail that could not be sent.
const notTaken = "a mail was not taken"

// TestNothingTypedLeavesInTrouble runs the program with all of its log while what it stands on fails, one after the other: the mail server
// is gone, is silent, says what it should not, refuses; the event stream's server goes and comes back; the disk takes nothing more.
// People go on typing all the while, break off, and send what is no request. No mark may be anywhere then, and all works again.
func TestNothingTypedLeavesInTrouble(t *testing.T) {
	e := newTrouble(t)
	for _, phase := range []struct {
		name string
		// begin provokes the fault and returns what ends it.
		begin func() (end func())
		// says is what the log says of the fault, once more than before.
		says string
		// fails: what people send may fail in it.
		fails bool
	}{
		{"all is well", func() func() { return func() {} }, "", false},
		{"the mail server slams the door", func() func() { return e.smtp.be(slam) }, notTaken, false},
		{"the mail server talks nonsense", func() func() { return e.smtp.be(nonsense) }, notTaken, false},
		{"the mail server refuses, and says why", func() func() { return e.refuse("RCPT", 550) }, notTaken, false},
		{"the mail server takes it later, and says why", func() func() { return e.refuse("DATA", 451) }, notTaken, false},
		{"the mail server is silent", func() func() { return e.smtp.be(silent) }, "", false},
		{"the event stream is gone", e.loseNATS, "events are not told for now", false},
		{"the disk takes nothing", e.fillDisk, "request failed", true},
		{"all is well again", func() func() { return func() {} }, "", false},
	} {
		said := strings.Count(e.log.String(), phase.says)
		end := phase.begin()
		e.live(phase.name, phase.fails)
		if phase.says != "" {
			until(t, phase.name, func() bool { return strings.Count(e.log.String(), phase.says) > said })
		}
		end()
		e.metrics(phase.name)
	}
	e.search()
}

// trouble is a program and all that it stands on.
type trouble struct {
	t     *testing.T
	app   *app.App
	data  string
	log   *logged
	mails *mailtest.Server
	smtp  *gate
	dir   string
	port  int
	nats  *server.Server
	typed int
}

// logged is a log that may be read while it is written.
type logged struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logged) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func newTrouble(t *testing.T) *trouble {
	t.Helper()
	e := &trouble{t: t, data: filepath.Join(t.TempDir(), "data"), log: &logged{}, dir: t.TempDir(), mails: mailtest.Start(t, mailtest.Options{NoTLS: true})}
	e.smtp = newGate(t, e.mails.Addr)
	e.startNATS(-1)
	c := config.Default()
	c.Listen, c.Data = "127.0.0.1:0", e.data
	c.NATS.URL = fmt.Sprintf("nats://127.0.0.1:%d", e.port)
	c.Mail = config.Mail{
		SMTP: e.smtp.addr, Security: config.NoTLS, From: mail.Address{Address: "silta@silta.example"}, Helo: "silta.example", ReturnPathDomain: "silta.example",
	}
	a, err := app.New(app.Options{
		Config: c, Demo: &app.Demo{Speed: 1, Empty: true}, Stdout: io.Discard,
		Log: slog.New(slog.NewJSONHandler(e.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	e.app = a
	return e
}

func (e *trouble) url() string { return "http://" + e.app.Addr() }

// next is the next mark.
func (e *trouble) next() string { e.typed++; return fmt.Sprintf("%s%d", leakMark, e.typed) }

// live is what people do meanwhile.
func (e *trouble) live(phase string, fails bool) {
	e.t.Helper()
	do := func(who, method, path string, body, reply any) {
		e.t.Helper()
		status, err := call(e.t.Context(), e.url(), who, method, path, body, reply)
		// A request whose team no mail reaches is soon another team's.
		moved := status == http.StatusNotFound && who == "childpsych"
		if err != nil || status >= 300 && !fails && !moved {
			e.t.Errorf("%s: %s %s as %s: %d %v", phase, method, path, who, status, err)
		}
	}
	var c sent
	typed := anonymous(9)
	typed["background"], typed["tried"], typed["assessment"], typed["question"] = e.next(), e.next(), e.next(), e.next()
	do("nurse", "POST", "/api/v1/consultations", typed, &c)
	path := "/api/v1/consultations/" + c.ID
	do("childpsych", "POST", path+"/claim", map[string]any{}, nil)
	do("childpsych", "POST", path+"/ask", map[string]any{"text": e.next()}, nil)
	do("nurse", "POST", path+"/reply", map[string]any{"text": e.next()}, nil)
	do("childpsych", "POST", path+"/answer", map[string]any{
		"text": e.next(), "disposition": "advice", "minutes": 12, "plan": []map[string]any{{"what": e.next(), "who": e.next(), "due": "2030-12-01"}},
	}, nil)
	do("nurse", "GET", path, nil, nil)
	e.breakOff("/api/v1/consultations", "application/json")
	e.breakOff("/requests", "application/x-www-form-urlencoded")
	e.breakOff("/requests", "multipart/form-data; boundary="+e.next())
	e.longHeader()
	if id := c.ID; id != "" {
		garble(e.t, e.url(), id, e.next, fails)
	}
	crawl(e.t, e.url(), "nurse", e.next, fails)
	if fails {
		crawl(e.t, e.url(), "childpsych", e.next, fails)
	}
}

// breakOff sends half a request, and one that is given up before its answer.
func (e *trouble) breakOff(path, kind string) {
	e.t.Helper()
	half := fmt.Sprintf("POST %s HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer demo-nurse\r\nContent-Type: %s\r\nContent-Length: 5000\r\n\r\n{\"question\": \"%s",
		path, e.app.Addr(), kind, e.next())
	whole := fmt.Sprintf("POST %s HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer demo-nurse\r\nContent-Type: %s\r\nContent-Length: 100\r\n\r\n%-100s", path, e.app.Addr(), kind, e.next())
	for _, text := range []string{half, whole} {
		conn, err := net.Dial("tcp", e.app.Addr())
		if err != nil {
			e.t.Fatal(err)
		}
		if _, err := io.WriteString(conn, text); err != nil {
			e.t.Error(err)
		}
		_ = conn.Close()
	}
}

// longHeader sends what the server reads no further: a header beyond all measure, a request line that is none.
func (e *trouble) longHeader() {
	e.t.Helper()
	for _, text := range []string{
		fmt.Sprintf("GET /requests HTTP/1.1\r\nHost: %s\r\nX-%s: %s\r\n\r\n", e.app.Addr(), e.next(), strings.Repeat(e.next(), 8000)),
		fmt.Sprintf("GET /%s HTTP/%s\r\n\r\n", e.next(), e.next()), fmt.Sprintf("%s\r\n\r\n", e.next()),
		fmt.Sprintf("GET / HTTP/1.1\r\nHost: %s.example\r\nConnection: close\r\n\r\n", e.next()),
	} {
		conn, err := net.Dial("tcp", e.app.Addr())
		if err != nil {
			e.t.Fatal(err)
		}
		_, _ = io.WriteString(conn, text) // The server may hang up before the end of it.
		_ = conn.SetReadDeadline(time.Now().Add(10 * time.Second))
		if answer, _ := io.ReadAll(conn); bytes.Contains(answer, []byte(leakMark)) {
			e.t.Errorf("an answer repeats what was sent: %.300s", answer)
		}
		_ = conn.Close()
	}
}

func (e *trouble) metrics(phase string) {
	e.t.Helper()
	res, err := client.Get(e.url() + "/metrics")
	if err != nil {
		e.t.Fatal(err)
	}
	defer res.Body.Close()
	if text, err := io.ReadAll(res.Body); err != nil || bytes.Contains(text, []byte(leakMark)) {
		e.t.Errorf("%s: a metric holds what was typed (%v)", phase, err)
	}
}

// search looks for marks in all that is left: the log, the mails, the events, the data directory, a backup and what is restored of it.
func (e *trouble) search() {
	e.t.Helper()
	backup, again := filepath.Join(e.t.TempDir(), "backup"), filepath.Join(e.t.TempDir(), "restored")
	silta(e.t, 0, "backup", backup, "--data", e.data)
	silta(e.t, 0, "restore", backup, "--data", again, "--master-key", filepath.Join(e.data, "master.key"))
	nothingTyped(e.t, filepath.Dir(backup), leakMark)
	nothingTyped(e.t, again, leakMark)
	var heard int
	until(e.t, "the events", e.told)
	for _, text := range e.events() {
		heard++
		if strings.Contains(text, leakMark) {
			e.t.Errorf("an event holds what was typed: %s", text)
		}
	}
	if err := e.app.Stop(context.Background()); err != nil {
		e.t.Error(err)
	}
	nothingTyped(e.t, e.data, leakMark)
	for _, m := range e.mails.Mails() {
		if strings.Contains(string(m.Raw)+mailtest.Text(e.t, m.Raw), leakMark) {
			e.t.Errorf("a mail holds what was typed:\n%s", m.Raw)
		}
	}
	log := e.log.String()
	lines := bufio.NewScanner(strings.NewReader(log))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		if strings.Contains(lines.Text(), leakMark) {
			e.t.Errorf("the log holds what was typed: %.600s", lines.Text())
		}
	}
	if len(e.mails.Mails()) == 0 || heard < 20 || e.typed < 500 {
		e.t.Errorf("%d mails, %d events, %d marks: the test tries next to nothing", len(e.mails.Mails()), heard, e.typed)
	}
	e.t.Logf("%d marks, %d mails, %d events, %d bytes of log", e.typed, len(e.mails.Mails()), heard, len(log))
}

// told reports whether the server says that all events are told.
func (e *trouble) told() bool {
	res, err := client.Get(e.url() + "/readyz")
	if err != nil {
		return false
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	return err == nil && !bytes.Contains(text, []byte("not told yet"))
}

// until waits for what comes at most a minute later.
func until(t *testing.T, what string, there func() bool) {
	t.Helper()
	deadline, look := time.After(time.Minute), time.NewTicker(20*time.Millisecond)
	defer look.Stop()
	for !there() {
		select {
		case <-deadline:
			t.Fatalf("%s: nothing came of it in a minute", what)
		case <-look.C:
		}
	}
}

// events are all that the stream holds, headers and all.
func (e *trouble) events() (all []string) {
	e.t.Helper()
	nc, err := nats.Connect(fmt.Sprintf("nats://127.0.0.1:%d", e.port))
	if err != nil {
		e.t.Fatal(err)
	}
	defer nc.Close()
	js, err := jetstream.New(nc)
	if err != nil {
		e.t.Fatal(err)
	}
	stream, err := js.Stream(e.t.Context(), "SILTA_EVENTS")
	if err != nil {
		e.t.Fatal(err)
	}
	info, err := stream.Info(e.t.Context())
	if err != nil {
		e.t.Fatal(err)
	}
	for at := info.State.FirstSeq; at <= info.State.LastSeq; at++ {
		m, err := stream.GetMsg(e.t.Context(), at)
		if err != nil {
			e.t.Fatal(err)
		}
		all = append(all, fmt.Sprint(m.Subject, m.Header, string(m.Data)))
	}
	return all
}

func (e *trouble) startNATS(port int) {
	e.t.Helper()
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: port, JetStream: true, StoreDir: e.dir, NoSigs: true, NoLog: true})
	if err != nil {
		e.t.Fatal(err)
	}
	s.Start()
	if !s.ReadyForConnections(30 * time.Second) {
		e.t.Fatal("the server of the events does not start")
	}
	e.nats, e.port = s, s.Addr().(*net.TCPAddr).Port
	e.t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
}

func (e *trouble) loseNATS() func() {
	e.nats.Shutdown()
	e.nats.WaitForShutdown()
	return func() { e.startNATS(e.port) }
}

// fillDisk lets the program not write to its journal and its drafts until it ends: what it has open is put in the place of what can
// only be read.
func (e *trouble) fillDisk() func() {
	e.t.Helper()
	open, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		e.t.Fatal(err)
	}
	files := map[int]string{}
	for _, entry := range open {
		file, err := os.Readlink(filepath.Join("/proc/self/fd", entry.Name()))
		if err != nil || file != filepath.Join(e.data, "silta.db") && file != filepath.Join(e.data, "drafts.db") {
			continue
		}
		fd, err := strconv.Atoi(entry.Name())
		if err != nil {
			e.t.Fatal(err)
		}
		files[fd] = file
	}
	kept := map[int]int{}
	for fd, file := range files {
		if kept[fd], err = syscall.Dup(fd); err != nil {
			e.t.Fatal(err)
		}
		readable, err := syscall.Open(file, syscall.O_RDONLY|syscall.O_CLOEXEC, 0)
		if err != nil {
			e.t.Fatal(err)
		}
		if err := errors.Join(syscall.Dup3(readable, fd, syscall.O_CLOEXEC), syscall.Close(readable)); err != nil {
			e.t.Fatal(err)
		}
	}
	if len(kept) < 2 {
		e.t.Fatalf("%d files are open", len(kept))
	}
	return func() {
		for fd, before := range kept {
			if err := errors.Join(syscall.Dup3(before, fd, syscall.O_CLOEXEC), syscall.Close(before)); err != nil {
				e.t.Fatal(err)
			}
		}
	}
}

// refuse lets the mail server refuse with words in which there is a mark.
func (e *trouble) refuse(stage string, code int) func() {
	mark := e.next()
	e.mails.Refuse(func(at, to string) error {
		if at != stage {
			return nil
		}
		return mailtest.Says(code, "I will not take "+mark+" for "+to)
	})
	return func() { e.mails.Refuse(nil) }
}

// gate stands before the mail server.
type gate struct {
	addr string
	mu   sync.Mutex
	how  func(client net.Conn, server string)
	// open are the connections that came since how was set.
	open []net.Conn
}

func newGate(t *testing.T, server string) *gate {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	g := &gate{addr: l.Addr().String(), how: pass}
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			g.mu.Lock()
			how := g.how
			g.open = append(g.open, conn)
			g.mu.Unlock()
			go how(conn, server)
		}
	}()
	return g
}

// be sets how the gate treats who comes, until the function that it returns is called. Whoever is still there then is sent away.
func (g *gate) be(how func(net.Conn, string)) func() {
	set := func(how func(net.Conn, string)) {
		g.mu.Lock()
		defer g.mu.Unlock()
		for _, c := range g.open {
			_ = c.Close()
		}
		g.how, g.open = how, nil
	}
	set(how)
	return func() { set(pass) }
}

func pass(c net.Conn, server string) {
	defer c.Close()
	s, err := net.Dial("tcp", server)
	if err != nil {
		return
	}
	defer s.Close()
	go func() { _, _ = io.Copy(s, c) }()
	_, _ = io.Copy(c, s)
}

func slam(c net.Conn, _ string) { _ = c.Close() }

// silent says nothing until the other side gives up.
func silent(c net.Conn, _ string) {
	defer c.Close()
	_, _ = io.Copy(io.Discard, c)
}

func nonsense(c net.Conn, _ string) {
	defer c.Close()
	_, _ = io.WriteString(c, "999 "+leakMark+" <>\r\nwhat "+leakMark+"?\r\n")
	_, _ = io.CopyN(io.Discard, c, 1)
}
