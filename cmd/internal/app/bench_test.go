package app

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"silta/cmd/internal/demo"
	"silta/consult/consulttest"
)

// BenchmarkSubmission measures a submission from outside: over HTTP, validated, routed, durable, in the view, and back at a reader
// of the event stream. It is a ratio to what the machine's disk takes for one raw fsync of 4 KiB, in the same run:
//
//	go test -run - -bench Submission -benchtime 3000x ./cmd/internal/app
//
// With one client the time per submission in fsyncs (fsyncs/op: floor 5), with 64 the submissions per raw fsync (op/fsync: floor 1.5).
// "mailed" is the example region, where each submission also makes a mail, whose planning and sending are two more entries of the
// journal at the same time; "alone" has pools whose people get none.
func BenchmarkSubmission(b *testing.B) {
	alone := strings.NewReplacer("childpsych2", "nobody2", "childpsych", "nobody1").Replace(string(demo.Region))
	for _, bench := range []struct {
		name    string
		clients int
		rules   string
	}{{"1client/alone", 1, alone}, {"1client/mailed", 1, ""}, {"64clients/alone", 64, alone}, {"64clients/mailed", 64, ""}} {
		b.Run(bench.name, func(b *testing.B) { benchmarkSubmission(b, bench.clients, bench.rules) })
	}
}

func benchmarkSubmission(b *testing.B, clients int, rules string) {
	a := startEmpty(b, rules)
	events := stream(b, a.Addr(), "nurse")
	body, err := json.Marshal(map[string]any{
		"client":   map[string]any{"age": 9, "municipality": "Ylöjärvi"},
		"concerns": []string{"mood", "school-absence"}, "urgency": "soon", "background": strings.Repeat("Poissaoloja on ollut viikoittain. ", 40),
		"tried": "Kaksi käyntiä.", "question": "Miten jatkamme?",
	})
	if err != nil {
		b.Fatal(err)
	}
	senders := make([]*sender, clients)
	for i := range senders {
		senders[i] = newSender(b, a.Addr(), body)
	}
	if err := senders[0].submit(); err != nil {
		b.Fatal(err)
	}
	<-events
	disk := consulttest.NewDisk(b)
	var sending, used time.Duration
	b.ResetTimer()
	const turns = 20
	for turn := range turns {
		n := b.N*(turn+1)/turns - b.N*turn/turns
		began, cpu := time.Now(), cpuTime(b)
		submitAll(b, senders, events, n)
		sending += time.Since(began)
		used += cpuTime(b) - cpu
		b.StopTimer()
		disk.Sync(b, max(10, n/2))
		b.StartTimer()
	}
	b.StopTimer()
	b.ReportMetric(float64(used.Microseconds())/float64(b.N), "cpu-µs/op") // Of client and server together.
	rate := float64(b.N) / sending.Seconds()
	if clients == 1 {
		b.ReportMetric(disk.Rate()/rate, "fsyncs/op")
	} else {
		b.ReportMetric(rate/disk.Rate(), "op/fsync")
	}
}

// submitAll has the senders send n submissions together; it returns when all of them have come back as events. One sender waits for
// the event of each before it sends the next.
func submitAll(b *testing.B, senders []*sender, events <-chan string, n int) {
	if len(senders) == 1 {
		for range n {
			if err := senders[0].submit(); err != nil {
				b.Fatal(err)
			}
			<-events
		}
		return
	}
	var left atomic.Int64
	left.Store(int64(n))
	var sending sync.WaitGroup
	for _, s := range senders {
		sending.Go(func() {
			for left.Add(-1) >= 0 {
				if err := s.submit(); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	for range n {
		<-events
	}
	sending.Wait()
}

// sender sends the same submission again and again over a connection of its own. It is as plain as a client can be, since it shares
// the processors with the server that is measured.
type sender struct {
	conn    net.Conn
	answers *bufio.Reader
	request []byte
}

func newSender(b *testing.B, addr string, body []byte) *sender {
	b.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { conn.Close() })
	head := "POST /api/v1/consultations HTTP/1.1\r\nHost: " + addr + "\r\nAuthorization: Bearer demo-nurse\r\n" +
		"Content-Type: application/json\r\nContent-Length: " + strconv.Itoa(len(body)) + "\r\n\r\n"
	return &sender{conn, bufio.NewReaderSize(conn, 16<<10), append([]byte(head), body...)}
}

// submit sends the request and reads the answer to its end.
func (s *sender) submit() error {
	if _, err := s.conn.Write(s.request); err != nil {
		return err
	}
	status, length := "", 0
	for {
		line, err := s.answers.ReadSlice('\n')
		if err != nil {
			return err
		}
		line = bytes.TrimRight(line, "\r\n")
		if len(line) == 0 {
			break
		}
		if status == "" {
			status = string(line)
		} else if value, ok := bytes.CutPrefix(line, []byte("Content-Length: ")); ok {
			if length, err = strconv.Atoi(string(value)); err != nil {
				return err
			}
		}
	}
	if length == 0 || !strings.HasPrefix(status, "HTTP/1.1 201 ") {
		return fmt.Errorf("%s, %d bytes", status, length)
	}
	_, err := s.answers.Discard(length)
	return err
}

// stream listens to the events of a person, and hands out their types.
func stream(tb testing.TB, addr, who string) <-chan string {
	tb.Helper()
	req, err := http.NewRequestWithContext(tb.Context(), http.MethodGet, "http://"+addr+"/api/v1/events", nil)
	if err != nil {
		tb.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer demo-"+who)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		tb.Fatal(err)
	}
	if res.StatusCode != http.StatusOK {
		tb.Fatalf("events: %d", res.StatusCode)
	}
	events := make(chan string, 1024)
	go func() {
		defer res.Body.Close()
		lines := bufio.NewScanner(res.Body)
		for lines.Scan() {
			if kind, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
				events <- kind
			}
		}
	}()
	return events
}

// cpuTime is what this process has used of all processors.
func cpuTime(b *testing.B) time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
