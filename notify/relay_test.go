package notify

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
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
