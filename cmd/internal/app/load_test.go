package app

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// loadOn tells a process of the test binary to put load on the server at that address.
const loadOn = "SILTA_TEST_LOAD"

func TestMain(m *testing.M) {
	if addr := os.Getenv(loadOn); addr != "" {
		if err := putLoad(addr, os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// load is a process that sends submissions and listens to their events. It is one of its own, as clients are: in the server's, its
// goroutines would stand in line with the server's.
type load struct {
	orders  io.Writer
	reports *bufio.Scanner
}

// startLoad starts the process with some clients, each with a connection of its own.
func startLoad(b *testing.B, addr string, clients int) *load {
	b.Helper()
	program, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	cmd := exec.CommandContext(b.Context(), program)
	cmd.Env = append(os.Environ(), loadOn+"="+addr)
	cmd.Stderr = os.Stderr
	orders, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	reports, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = orders.Close()
		_ = cmd.Wait() // It ends when it has no more orders.
	})
	l := &load{orders, bufio.NewScanner(reports)}
	fmt.Fprintln(l.orders, clients)
	return l
}

// submit has the clients send n submissions together, and returns when all of them have been answered and come back as events: how
// long that took, and what of the processors the process has used for it.
func (l *load) submit(b *testing.B, n int) (took, cpu time.Duration) {
	b.Helper()
	fmt.Fprintln(l.orders, n)
	if !l.reports.Scan() {
		b.Fatal("the load has ended")
	}
	if _, err := fmt.Sscan(l.reports.Text(), &took, &cpu); err != nil {
		b.Fatal(err)
	}
	return took, cpu
}

// putLoad carries out orders to their end: the first is how many clients there are, each other one how many submissions they are to
// send.
func putLoad(addr string, orders io.Reader, reports io.Writer) error {
	runtime.GOMAXPROCS(1)
	var clients int
	if _, err := fmt.Fscan(orders, &clients); err != nil {
		return err
	}
	told, err := listen(addr)
	if err != nil {
		return err
	}
	senders := make([]*sender, clients)
	for i := range senders {
		if senders[i], err = newSender(addr); err != nil {
			return err
		}
	}
	for {
		var n int
		if _, err := fmt.Fscan(orders, &n); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		began, cpu := time.Now(), cpuTime()
		if err := submitAll(senders, told, n); err != nil {
			return err
		}
		fmt.Fprintln(reports, int64(time.Since(began)), int64(cpuTime()-cpu))
	}
}

// submitAll has the senders send n submissions together; it returns when each of them has been answered and told once. One sender
// waits for the event of each before it sends the next.
func submitAll(senders []*sender, told <-chan string, n int) error {
	if len(senders) == 1 {
		for range n {
			id, err := senders[0].submit()
			if err != nil {
				return err
			}
			if heard := <-told; heard != id {
				return fmt.Errorf("%q was sent, %q told", id, heard)
			}
		}
		return nil
	}
	var left atomic.Int64
	left.Store(int64(n))
	ids, errs := make(chan string, n), make(chan error, len(senders))
	var sending sync.WaitGroup
	for _, s := range senders {
		sending.Go(func() {
			for left.Add(-1) >= 0 {
				id, err := s.submit()
				if err != nil {
					errs <- err
					return
				}
				ids <- id
			}
		})
	}
	sending.Wait()
	close(ids)
	if len(errs) > 0 {
		return <-errs
	}
	open := make(map[string]bool, n)
	for id := range ids {
		open[id] = true
	}
	if len(open) != n {
		return fmt.Errorf("%d different requests of %d", len(open), n)
	}
	for range n {
		id := <-told
		if !open[id] {
			return fmt.Errorf("%q was told, and not sent or told before", id)
		}
		delete(open, id)
	}
	return nil
}

// sender sends the same submission again and again over a connection of its own. It is as plain as a client can be, since it shares
// the processors with the server that is measured.
type sender struct {
	conn    net.Conn
	answers *bufio.Reader
	request []byte
}

func newSender(addr string) (*sender, error) {
	body, err := json.Marshal(map[string]any{
		"client":   map[string]any{"age": 9, "municipality": "Ylöjärvi"},
		"concerns": []string{"mood", "school-absence"}, "urgency": "soon", "background": strings.Repeat("Poissaoloja on ollut viikoittain. ", 40),
		"tried": "Kaksi käyntiä.", "question": "Miten jatkamme?",
	})
	if err != nil {
		return nil, err
	}
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, err
	}
	head := "POST /api/v1/consultations HTTP/1.1\r\nHost: " + addr + "\r\nAuthorization: Bearer demo-nurse\r\n" +
		"Content-Type: application/json\r\nContent-Length: " + strconv.Itoa(len(body)) + "\r\n\r\n"
	return &sender{conn, bufio.NewReaderSize(conn, 16<<10), append([]byte(head), body...)}, nil
}

// submit sends the request, reads the answer to its end, and returns the id of the request that was made.
func (s *sender) submit() (id string, err error) {
	if _, err := s.conn.Write(s.request); err != nil {
		return "", err
	}
	status, length := "", 0
	for {
		line, err := s.answers.ReadSlice('\n')
		if err != nil {
			return "", err
		}
		line = bytes.TrimRight(line, "\r\n")
		if len(line) == 0 {
			break
		}
		if status == "" {
			status = string(line)
		} else if value, ok := bytes.CutPrefix(line, []byte("Content-Length: ")); ok {
			if length, err = strconv.Atoi(string(value)); err != nil {
				return "", err
			}
		} else if value, ok := bytes.CutPrefix(line, []byte("Location: /api/v1/consultations/")); ok {
			id = string(value)
		}
	}
	if length == 0 || id == "" || !strings.HasPrefix(status, "HTTP/1.1 201 ") {
		return "", fmt.Errorf("%s, %d bytes of %q", status, length, id)
	}
	_, err = s.answers.Discard(length)
	return id, err
}

// listen hears the events of the one who sends, and hands out the ids of the requests that they tell of as submitted.
func listen(addr string) (<-chan string, error) {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequest(http.MethodGet, "http://"+addr+"/api/v1/events", nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer demo-nurse")
	if err := req.Write(conn); err != nil {
		return nil, err
	}
	res, err := http.ReadResponse(bufio.NewReaderSize(conn, 64<<10), req)
	if err != nil {
		return nil, err
	}
	if res.StatusCode != http.StatusOK {
		return nil, errors.New(res.Status)
	}
	told := make(chan string, 1<<16)
	go func() {
		defer close(told)
		submitted := false
		for lines := bufio.NewScanner(res.Body); lines.Scan(); {
			if kind, ok := bytes.CutPrefix(lines.Bytes(), []byte("event: ")); ok {
				submitted = string(kind) == "submitted"
			} else if data, ok := bytes.CutPrefix(lines.Bytes(), []byte(`data: {"id":"`)); ok && submitted {
				id, _, _ := bytes.Cut(data, []byte(`"`))
				told <- string(id)
			}
		}
	}()
	return told, nil
}

// cpuTime is what this process has used of all processors.
func cpuTime() time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		return 0 // No machine that tests run on lacks it.
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
