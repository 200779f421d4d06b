package notify

import (
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"silta/consult/consulttest"
)

// violations collects what the server forbids a connection.
type violations struct {
	mu   sync.Mutex
	list []string
}

func (v *violations) option() nats.Option {
	return nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) {
		v.mu.Lock()
		defer v.mu.Unlock()
		v.list = append(v.list, err.Error())
	})
}

func (v *violations) of(subject string) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, s := range v.list {
		if strings.Contains(s, `"`+subject+`"`) {
			return true
		}
	}
	return false
}

// state returns how many events the stream holds, and of which consumers it knows.
func state(t testing.TB, b *Bus) (events uint64, consumers map[string]bool) {
	t.Helper()
	s, err := b.js.Stream(t.Context(), StreamName)
	if err != nil {
		t.Fatal(err)
	}
	consumers = map[string]bool{}
	for name := range s.ConsumerNames(t.Context()).Name() {
		consumers[name] = true
	}
	return s.CachedInfo().State.Msgs, consumers
}

func TestReaderHearsByEveryWay(t *testing.T) {
	s, b := consulttest.Open(t), openBus(t, t.TempDir())
	startRelay(t, b, s.Journal)
	nc, js := connect(t, b)
	live, err := nc.SubscribeSync("silta.event.child-psychiatry.*")
	if err != nil {
		t.Fatal(err)
	}
	if err := nc.Flush(); err != nil {
		t.Fatal(err)
	}
	submit(t, s, 2)
	if m, err := live.NextMsg(patience); err != nil || m.Subject != "silta.event.child-psychiatry.submitted" {
		t.Fatalf("plain subscription: %v, %v", m, err)
	}
	equal(t, "durable pull consumer", hear(t, js, "other", 2), []uint64{1, 2})

	ordered, err := js.OrderedConsumer(t.Context(), StreamName, jetstream.OrderedConsumerConfig{FilterSubjects: []string{"silta.event.child-psychiatry.>"}})
	if err != nil {
		t.Fatal(err)
	}
	if m, err := ordered.Next(jetstream.FetchMaxWait(patience)); err != nil || m.Subject() != "silta.event.child-psychiatry.submitted" {
		t.Fatalf("ordered consumer: %v", err)
	}
	legacy, err := nc.JetStream()
	if err != nil {
		t.Fatal(err)
	}
	push, err := legacy.SubscribeSync("silta.event.>", nats.DeliverAll())
	if err != nil {
		t.Fatal(err)
	}
	if m, err := push.NextMsg(patience); err != nil || m.Subject != "silta.event.child-psychiatry.submitted" {
		t.Fatalf("push consumer: %v, %v", m, err)
	}
}

func TestReaderCanDoNothingElse(t *testing.T) {
	s, b := consulttest.Open(t), openBus(t, t.TempDir())
	relay, _ := startRelay(t, b, s.Journal)
	submit(t, s, 3)
	eventually(t, "the relay follows", func() bool { return relay.Lag() == 0 && relay.Ready() })
	if _, err := b.js.CreateConsumer(t.Context(), StreamName, jetstream.ConsumerConfig{Durable: mailerConsumer, AckPolicy: jetstream.AckExplicitPolicy}); err != nil {
		t.Fatal(err)
	}
	var denied violations
	nc, js := connect(t, b, denied.option())
	create := func(config map[string]any) []byte {
		body, err := json.Marshal(map[string]any{"stream_name": StreamName, "config": config})
		if err != nil {
			t.Fatal(err)
		}
		return body
	}

	for _, subject := range []string{
		"silta.event.child-psychiatry.submitted", "silta.event.x", "_SILTA.x", "_INBOX.x", "$SYS.REQ.SERVER.PING",
		"$JS.API.STREAM.DELETE." + StreamName, "$JS.API.STREAM.PURGE." + StreamName, "$JS.API.STREAM.UPDATE." + StreamName,
		"$JS.API.STREAM.MSG.DELETE." + StreamName, "$JS.API.STREAM.CREATE.OTHER", "$JS.API.STREAM.MSG.GET." + StreamName,
		"$JS.API.STREAM.SNAPSHOT." + StreamName, "$JS.API.DIRECT.GET." + StreamName, "$JS.API.CONSUMER.LIST." + StreamName,
		"$JS.API.CONSUMER.DELETE." + StreamName + ".other", "$JS.API.CONSUMER.DELETE." + StreamName + "." + mailerConsumer,
		"$JS.API.CONSUMER.PAUSE." + StreamName + "." + mailerConsumer, "$JS.API.CONSUMER.CREATE." + StreamName,
		"$JS.API.CONSUMER.CREATE." + StreamName + "." + mailerConsumer, "$JS.API.CONSUMER.CREATE." + StreamName + "." + mailerConsumer + ".silta.event.>",
		"$JS.API.CONSUMER.DURABLE.CREATE." + StreamName + "." + mailerConsumer,
		"$JS.API.CONSUMER.MSG.NEXT." + StreamName + "." + mailerConsumer, "$JS.API.CONSUMER.INFO." + StreamName + "." + mailerConsumer,
		"$JS.ACK." + StreamName + "." + mailerConsumer + ".1.1.1.1.0", "$JS.API.ACCOUNT.PURGE.SILTA", "$JS.API.SERVER.REMOVE",
	} {
		if err := nc.Publish(subject, nil); err != nil {
			t.Fatal(err)
		}
		eventually(t, "publishing is denied: "+subject, func() bool { return denied.of(subject) })
	}
	for _, subject := range []string{">", "*", "$SYS.>", "_SILTA.>", "$JS.>", "$JS.API.>", "_R_.>", "silta.>", "$JS.EVENT.>"} {
		if _, err := nc.SubscribeSync(subject); err != nil {
			t.Fatal(err)
		}
		eventually(t, "listening is denied: "+subject, func() bool { return denied.of(subject) })
	}

	// By way of the server: what it answers or delivers must not act where the reader may not.
	targets := []string{
		"silta.event.child-psychiatry.submitted", "$JS.API.STREAM.DELETE." + StreamName, "$JS.API.STREAM.PURGE." + StreamName,
		"$JS.API.CONSUMER.DELETE." + StreamName + "." + mailerConsumer,
	}
	for i, target := range targets {
		for _, request := range []string{"$JS.API.INFO", "$JS.API.STREAM.INFO." + StreamName, "$JS.API.CONSUMER.MSG.NEXT." + StreamName + ".own"} {
			if err := nc.PublishRequest(request, target, nil); err != nil {
				t.Fatal(err)
			}
		}
		for _, bare := range []bool{false, true} {
			name := string(rune('a'+i)) + map[bool]string{false: "-full", true: "-bare"}[bare]
			config := map[string]any{
				"name": name, "deliver_subject": target, "deliver_policy": "all", "ack_policy": "none", "replay_policy": "instant", "headers_only": bare,
			}
			if _, err := nc.Request("$JS.API.CONSUMER.CREATE."+StreamName+"."+name, create(config), patience); err != nil {
				t.Fatal(err)
			}
		}
	}
	if _, err := js.Stream(t.Context(), StreamName); err != nil {
		t.Fatalf("reading goes on: %v", err)
	}
	submit(t, s, 1)
	eventually(t, "the relay follows", func() bool { return relay.Lag() == 0 })
	events, consumers := state(t, b)
	if events != 4 || !consumers[mailerConsumer] || !relay.Ready() {
		t.Errorf("%d events, consumers %v, relay ready %v", events, consumers, relay.Ready())
	}
}

func TestNobodyElseIsLetIn(t *testing.T) {
	b := openBus(t, t.TempDir())
	for name, opts := range map[string][]nats.Option{
		"nobody":         nil,
		"wrong password": {nats.UserInfo(reader.User, "x")},
		"internal user":  {nats.UserInfo(internalUser, "")},
		"system account": {nats.UserInfo("sys", "")},
	} {
		nc, err := nats.Connect("nats://"+b.Addr(), append(opts, nats.Timeout(patience))...)
		if err == nil {
			nc.Close()
		}
		if !errors.Is(err, nats.ErrAuthorization) {
			t.Errorf("%s: %v", name, err)
		}
	}
	closed, err := Open(Config{Dir: t.TempDir(), Listen: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	defer closed.Close()
	if nc, err := nats.Connect("nats://"+closed.Addr(), nats.UserInfo(reader.User, ""), nats.Timeout(time.Second)); err == nil {
		nc.Close()
		t.Error("without a reader's password somebody was let in")
	}
}
