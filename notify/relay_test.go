package notify

import (
	"context"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	cloudevents "github.com/cloudevents/sdk-go/v2/event"
	"github.com/nats-io/nats.go/jetstream"

	"silta/consult"
	"silta/consult/consulttest"
)

// hear fetches events of a durable consumer by another connection, and acknowledges them.
func hear(t testing.TB, js jetstream.JetStream, durable string, n int) []uint64 {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	consumer, err := js.CreateOrUpdateConsumer(ctx, StreamName, jetstream.ConsumerConfig{Durable: durable})
	if err != nil {
		t.Fatal(err)
	}
	var positions []uint64
	for len(positions) < n {
		batch, err := consumer.Fetch(n-len(positions), jetstream.FetchMaxWait(patience))
		if err != nil {
			t.Fatal(err)
		}
		for m := range batch.Messages() {
			var e cloudevents.Event
			if err := e.UnmarshalJSON(m.Data()); err != nil {
				t.Fatal(err)
			}
			if err := e.Validate(); err != nil {
				t.Fatal(err)
			}
			var position uint64
			if _, err := fmt.Sscan(e.ID(), &position); err != nil || m.Headers().Get(jetstream.MsgIDHeader) != e.ID() {
				t.Fatalf("id %q, header %q", e.ID(), m.Headers().Get(jetstream.MsgIDHeader))
			}
			positions = append(positions, position)
			if err := m.DoubleAck(ctx); err != nil {
				t.Fatal(err)
			}
		}
		if err := batch.Error(); err != nil {
			t.Fatal(err)
		}
	}
	return positions
}

func positions(envelopes []consult.Envelope) []uint64 {
	var p []uint64
	for _, e := range envelopes {
		p = append(p, e.Position)
	}
	return p
}

func equal(t testing.TB, what string, got, want []uint64) {
	t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Fatalf("%s:\n got %v\nwant %v", what, got, want)
	}
}

func TestReaderAwayGetsWhatItMissed(t *testing.T) {
	s, b := consulttest.Open(t), openBus(t, t.TempDir())
	before := submit(t, s, 3)
	relay, _ := startRelay(t, b, s.Journal)
	nc, js := connect(t, b)
	equal(t, "what was there before", hear(t, js, "other", 3), positions(before))
	nc.Close()

	missed := submit(t, s, 700)
	eventually(t, "the relay follows", func() bool { return relay.Lag() == 0 && relay.Ready() })
	_, js = connect(t, b)
	equal(t, "what it missed", hear(t, js, "other", 700), positions(missed))
}

func TestStoreDeletedWhileDown(t *testing.T) {
	s, dir := consulttest.Open(t), t.TempDir()
	all := positions(submit(t, s, 20))
	run := func() {
		t.Helper()
		b := openBus(t, dir)
		relay, stop := startRelay(t, b, s.Journal)
		eventually(t, "the relay follows", func() bool { return relay.Lag() == 0 && relay.Ready() })
		stop()
		b.Close()
	}
	run()
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	all = append(all, positions(submit(t, s, 5))...)
	run()
	b := openBus(t, dir)
	_, js := connect(t, b)
	equal(t, "after the loss of the store", hear(t, js, "other", len(all)), all)
}

func TestGarbageInTheStore(t *testing.T) {
	s, dir := consulttest.Open(t), t.TempDir()
	all := positions(submit(t, s, 50))
	damages := map[string]func(path string, data []byte) []byte{
		"noise over everything": func(_ string, data []byte) []byte {
			for i := range data {
				data[i] = byte(i*7 + 13)
			}
			return data
		},
		"cut off": func(_ string, data []byte) []byte { return data[:len(data)/2] },
		"emptied": func(string, []byte) []byte { return nil },
		"one block": func(path string, data []byte) []byte {
			if filepath.Ext(path) == ".blk" {
				for i := len(data) / 4; i < len(data)/2; i++ {
					data[i] ^= 0x55
				}
			}
			return data
		},
	}
	for name, damage := range damages {
		t.Run(name, func(t *testing.T) {
			b := openBus(t, dir)
			relay, stop := startRelay(t, b, s.Journal)
			eventually(t, "the relay follows", func() bool { return relay.Lag() == 0 && relay.Ready() })
			stop()
			b.Close()
			files := 0
			err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
				if err != nil || d.IsDir() {
					return err
				}
				data, err := os.ReadFile(path)
				if err != nil {
					return err
				}
				files++
				return os.WriteFile(path, damage(path, data), 0o600)
			})
			if err != nil || files == 0 {
				t.Fatalf("%d files, %v", files, err)
			}
			b = openBus(t, dir)
			relay, _ = startRelay(t, b, s.Journal)
			eventually(t, "the relay follows", func() bool { return relay.Lag() == 0 && relay.Ready() })
			_, js := connect(t, b)
			equal(t, "after the damage", hear(t, js, "other-"+fmt.Sprint(time.Now().UnixNano()), len(all)), all)
		})
	}
}

// told is what the stream holds, position by position.
func told(t testing.TB, b *Bus) []uint64 {
	t.Helper()
	s, err := b.js.Stream(t.Context(), StreamName)
	if err != nil {
		t.Fatal(err)
	}
	var all []uint64
	for sequence := uint64(1); sequence <= s.CachedInfo().State.LastSeq; sequence++ {
		m, err := s.GetMsg(t.Context(), sequence)
		if err != nil {
			t.Fatal(err)
		}
		position, err := positionOf(m.Header)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, position)
	}
	return all
}

// TestAnotherJournal shows a stream that is ahead of the journal, or of another one, as after a restored backup.
func TestAnotherJournal(t *testing.T) {
	dir := t.TempDir()
	for _, n := range []int{9, 4, 4, 12} {
		s := consulttest.Open(t)
		want := positions(submit(t, s, n))
		b := openBus(t, dir)
		relay, stop := startRelay(t, b, s.Journal)
		eventually(t, "the relay follows", func() bool { return relay.Lag() == 0 && relay.Ready() })
		equal(t, fmt.Sprint("a journal of ", n), told(t, b), want)
		stream, err := b.js.Stream(t.Context(), StreamName)
		if err != nil {
			t.Fatal(err)
		}
		last, err := s.Journal.Envelope(uint64(n))
		if err != nil {
			t.Fatal(err)
		}
		if m, err := stream.GetMsg(t.Context(), uint64(n)); err != nil || !strings.Contains(string(m.Data), last.ID) {
			t.Errorf("a journal of %d: the stream is of another one, %v", n, err)
		}
		stop()
		b.Close()
	}
}

// TestHole takes an event out of the middle of the stream, as a server would that has lost it.
func TestHole(t *testing.T) {
	s, dir := consulttest.Open(t), t.TempDir()
	want := positions(submit(t, s, 9))
	b := openBus(t, dir)
	relay, stop := startRelay(t, b, s.Journal)
	eventually(t, "the relay follows", func() bool { return relay.Lag() == 0 && relay.Ready() })
	stop()
	config := b.streamConfig()
	if _, err := b.anew(t.Context(), "test"); err != nil {
		t.Fatal(err)
	}
	for e, err := range s.Journal.Envelopes(0) {
		if err != nil {
			t.Fatal(err)
		}
		if e.Position == 5 {
			continue
		}
		msg, err := newMessage("/silta", e)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := b.js.PublishMsg(t.Context(), msg); err != nil {
			t.Fatal(err)
		}
	}
	relay, _ = startRelay(t, b, s.Journal)
	eventually(t, "the hole is found", func() bool { return relay.Ready() && relay.checked.Load() })
	equal(t, "after the hole", told(t, b), want)

	config.MaxMsgs = 3 // A stream of another shape forgets.
	if _, err := b.js.UpdateStream(t.Context(), config); err != nil {
		t.Fatal(err)
	}
	again := NewRelay(b, s.Journal, "/silta", Sleep, discard(), testMetrics(t))
	background(t, again.Run)
	eventually(t, "the stream is made anew", func() bool { return again.Ready() && again.checked.Load() })
	equal(t, "after another shape", told(t, b), want)
	config.MaxMsgs, config.MaxAge = -1, time.Hour // It would forget later on.
	if _, err := b.js.UpdateStream(t.Context(), config); err != nil {
		t.Fatal(err)
	}
	if s, err := b.stream(t.Context()); err != nil || s.CachedInfo().Config.MaxAge != 0 {
		t.Errorf("a stream that forgets was taken: %v", err)
	}
}

func TestEventSaysNoMore(t *testing.T) {
	at := time.Date(2026, 11, 2, 8, 0, 0, 123456789, time.UTC)
	e := consulttest.Submission{ID: "the-id", Number: 42, At: at, Joined: []string{"MARKER-joined"}, Background: "MARKER", Requester: "marker-nurse"}.Entry().Envelope
	e.Position, e.Command = 77, "MARKER-command"
	e.Notice.Holder, e.Notice.Tell, e.Notice.TellAddresses = "marker-holder", []string{"marker-anna"}, []string{"MARKER@example.org"}
	m, err := newMessage("/silta", e)
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"specversion":"1.0","id":"77","source":"/silta","type":"fi.silta.consultation.submitted","subject":"the-id",` +
		`"datacontenttype":"application/json","time":"2026-11-02T08:00:00.123456789Z","data":{"ref":"S-2026-0042","pool":"child-psychiatry",` +
		`"urgency":"soon","state":"submitted","escalation":0,"answer_by":"2026-11-04T08:00:00Z","version":1}}`
	if got := string(m.Data); got != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
	if m.Subject != "silta.event.child-psychiatry.submitted" || len(m.Header) != 2 || m.Header.Get("Nats-Msg-Id") != "77" {
		t.Errorf("%s, %v", m.Subject, m.Header)
	}
}

func TestIDsThatCannotBeToldHoldUpNobody(t *testing.T) {
	s, b := consulttest.Open(t), openBus(t, t.TempDir())
	var want []uint64
	for i, pool := range []string{"fine", "a.b", "a b", ">", "*", "", "ä", "fine"} {
		e := consulttest.Submission{Number: i + 1}.Entry()
		e.Notice.Pool = pool
		r, err := s.Journal.Append(t.Context(), e, 0)
		if err != nil {
			t.Fatal(err)
		}
		if pool == "fine" {
			want = append(want, r.Position)
		}
	}
	relay, _ := startRelay(t, b, s.Journal)
	eventually(t, "the relay follows", func() bool { return relay.Lag() == 0 && relay.Ready() && relay.checked.Load() })
	equal(t, "told", told(t, b), want)
	if n := count(t, relay.metrics.untold); n != 6 {
		t.Errorf("%v untold", n)
	}
	if relay.Position() != 8 {
		t.Errorf("position %d", relay.Position())
	}
}

// stubborn is a journal that can't be read for a while.
type stubborn struct {
	Journal
	failures int
}

func (s *stubborn) Envelopes(after uint64) iter.Seq2[consult.Envelope, error] {
	if s.failures == 0 {
		return s.Journal.Envelopes(after)
	}
	s.failures--
	return func(yield func(consult.Envelope, error) bool) { yield(consult.Envelope{}, errCrash) }
}

func TestRelayPausesLongerAndLonger(t *testing.T) {
	s, b := consulttest.Open(t), openBus(t, t.TempDir())
	submit(t, s, 3)
	var paused []time.Duration
	relay := NewRelay(b, &stubborn{s.Journal, 6}, "/silta", func(_ context.Context, d time.Duration) { paused = append(paused, d) }, discard(), testMetrics(t))
	relay.checked.Store(true)
	stop := background(t, relay.Run)
	eventually(t, "the relay follows", func() bool { return relay.Lag() == 0 && relay.Ready() })
	stop()
	if len(paused) != 6 || paused[0] != 100*time.Millisecond || paused[5] != 3200*time.Millisecond {
		t.Errorf("paused %v", paused)
	}
}
