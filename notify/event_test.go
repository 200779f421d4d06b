package notify

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	cloudevents "github.com/cloudevents/sdk-go/v2/event"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"silta/consult/consulttest"
)

// A message is, byte for byte, what the CloudEvents SDK makes of the same.
func TestEventIsTheSDKs(t *testing.T) {
	e := consulttest.Submission{ID: "x", Number: 42, At: consulttest.Start.Add(1234567 * time.Microsecond)}.Entry().Envelope
	e.Position = 7
	e.At = e.At.In(time.FixedZone("", 2*3600))
	own, err := newMessage("/a?b=\"ä\"", e)
	if err != nil {
		t.Fatal(err)
	}
	want := cloudevents.New()
	want.SetID("7")
	want.SetSource("/a?b=\"ä\"")
	want.SetType("fi.silta.consultation.submitted")
	want.SetSubject("x")
	want.SetTime(e.At)
	n := e.Notice
	err = want.SetData(cloudevents.ApplicationJSON, data{n.Ref, n.Pool, n.Urgency, n.State, n.Escalation, n.AnswerBy.Truncate(time.Second), 1})
	if err != nil {
		t.Fatal(err)
	}
	if data, err := json.Marshal(want); err != nil || string(own.Data) != string(data) {
		t.Errorf("%s, %v\nwant %s", own.Data, err, data)
	}
	var read cloudevents.Event
	if err := errors.Join(json.Unmarshal(own.Data, &read), read.Validate()); err != nil {
		t.Error(err)
	}
}

// FuzzStored reads what a stream may hold that somebody else has filled.
func FuzzStored(f *testing.F) {
	e := consulttest.Submission{ID: "x"}.Entry().Envelope
	e.Position = 7
	own, err := newMessage("/elsewhere", e)
	if err != nil {
		f.Fatal(err)
	}
	f.Add("7", own.Subject, own.Data)
	f.Add("0", "silta.event.a.b", []byte(`{}`))
	f.Add("-1", "", []byte(`{"specversion":"1.0","data":"x","time":"now"}`))
	f.Add("18446744073709551616", own.Subject, []byte(`[`))
	f.Fuzz(func(t *testing.T, id, subject string, body []byte) {
		m := &jetstream.RawStreamMsg{Subject: subject, Header: nats.Header{"Nats-Msg-Id": {id}}, Data: body}
		if position, err := positionOf(m.Header); err == nil && position == 0 {
			t.Error("position 0")
		}
		if tells(m, e) && subject != own.Subject {
			t.Error("another subject tells the same")
		}
		if subject == own.Subject && string(body) == string(own.Data) && !tells(m, e) {
			t.Error("the own message was not known again")
		}
	})
}
