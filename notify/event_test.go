package notify

import (
	"testing"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"silta/consult/consulttest"
)

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
