package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// TestEventsForOthers: another system with the read-only login hears everything in order, gets what it missed, can change nothing, and
// is told everything again when the store of the events was lost.
func TestEventsForOthers(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	p := startDemo(t, "--data", dir, "--empty")
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	var c sent
	p.call("nurse", http.MethodPost, "/api/v1/consultations", anonymous(9), &c)
	path := "/api/v1/consultations/" + c.ID

	first := read(ctx, t, p, "watcher", 1)
	p.call("childpsych", http.MethodPost, path+"/claim", map[string]any{}, nil)
	p.call("childpsych", http.MethodPost, path+"/ask", map[string]any{"text": "SALAISUUS kysymys"}, nil)
	p.call("nurse", http.MethodPost, path+"/reply", map[string]any{"text": "SALAISUUS vastaus"}, nil)
	p.call("childpsych", http.MethodPost, path+"/hand-over", map[string]any{"pool": "paediatrics", "reason": "SALAISUUS syy"}, nil)
	all := append(first, read(ctx, t, p, "watcher", 4)...)

	want := []string{"child-psychiatry.submitted", "child-psychiatry.claimed", "child-psychiatry.asked", "child-psychiatry.replied", "paediatrics.handed-over"}
	if !slices.Equal(all, want) {
		t.Fatalf("heard %v, want %v", all, want)
	}
	onlyReads(ctx, t, p)
	p.stop()

	if err := os.RemoveAll(filepath.Join(dir, "nats")); err != nil {
		t.Fatal(err)
	}
	p = startDemo(t, "--data", dir, "--empty")
	defer p.stop()
	if again := read(ctx, t, p, "another", len(want)); !slices.Equal(again, want) {
		t.Errorf("after the store was lost: told %v, want %v", again, want)
	}
}

// read takes n events as a durable consumer of that name, and goes away again. It returns their subjects.
func read(ctx context.Context, t *testing.T, p *process, durable string, n int) (subjects []string) {
	t.Helper()
	nc, err := nats.Connect(p.nats)
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	consumer, err := js.CreateOrUpdateConsumer(ctx, "SILTA_EVENTS", jetstream.ConsumerConfig{Durable: durable, AckPolicy: jetstream.AckExplicitPolicy})
	if err != nil {
		t.Fatal(err)
	}
	for len(subjects) < n {
		msg, err := consumer.Next(jetstream.FetchContext(ctx))
		if err != nil {
			t.Fatalf("after %v: %v", subjects, err)
		}
		var e struct {
			SpecVersion, ID, Type, Subject string
			Data                           map[string]any
		}
		if err := json.Unmarshal(msg.Data(), &e); err != nil {
			t.Fatal(err)
		}
		kind := strings.TrimPrefix(msg.Subject(), "silta.event.")
		pool, action, _ := strings.Cut(kind, ".")
		if e.SpecVersion != "1.0" || e.Type != "fi.silta.consultation."+action || e.Data["pool"] != pool || e.Subject == "" || e.ID == "" {
			t.Errorf("%s: %s", msg.Subject(), msg.Data())
		}
		for _, key := range []string{"ref", "pool", "urgency", "state", "escalation", "answer_by", "version"} {
			if _, ok := e.Data[key]; !ok {
				t.Errorf("%s lacks %s", kind, key)
			}
		}
		if strings.Contains(string(msg.Data()), "SALAISUUS") || len(e.Data) != 7 {
			t.Errorf("%s tells more than it should: %s", kind, msg.Data())
		}
		subjects = append(subjects, kind)
		if err := msg.DoubleAck(ctx); err != nil {
			t.Fatal(err)
		}
	}
	return subjects
}

// onlyReads tries what the reader must not be able to do.
func onlyReads(ctx context.Context, t *testing.T, p *process) {
	t.Helper()
	refused := make(chan error, 100)
	nc, err := nats.Connect(p.nats, nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) {
		refused <- err
	}))
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	expectRefusal := func(what string, err error) {
		t.Helper()
		if err == nil {
			err = nc.FlushWithContext(ctx)
		}
		if err != nil && !errors.Is(err, nats.ErrPermissionViolation) {
			t.Fatalf("%s: %v", what, err)
		}
		select {
		case err := <-refused:
			if !errors.Is(err, nats.ErrPermissionViolation) {
				t.Errorf("%s: %v, want it refused", what, err)
			}
		case <-ctx.Done():
			t.Errorf("%s is not refused", what)
		}
	}
	expectRefusal("publishing an event", nc.Publish("silta.event.child-psychiatry.submitted", []byte("{}")))
	for _, subject := range []string{">", "$SYS.>", "_SILTA.>", "$JS.>", "silta.>"} {
		_, err := nc.SubscribeSync(subject)
		expectRefusal("listening to "+subject, err)
	}
	for _, call := range []string{"STREAM.DELETE.SILTA_EVENTS", "STREAM.PURGE.SILTA_EVENTS", "STREAM.UPDATE.SILTA_EVENTS", "STREAM.CREATE.OTHER", "STREAM.MSG.DELETE.SILTA_EVENTS"} {
		expectRefusal(call, nc.Publish(fmt.Sprintf("$JS.API.%s", call), []byte("{}")))
	}
}
