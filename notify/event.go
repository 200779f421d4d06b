package notify

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	cloudevents "github.com/cloudevents/sdk-go/v2/event"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"silta/consult"
)

const (
	subjectPrefix = "silta.event."
	typePrefix    = "fi.silta.consultation."
)

// event is a CloudEvent 1.0 in structured JSON.
type event struct {
	SpecVersion     string    `json:"specversion"`
	ID              string    `json:"id"`
	Source          string    `json:"source"`
	Type            string    `json:"type"`
	Subject         string    `json:"subject"`
	DataContentType string    `json:"datacontenttype"`
	Time            time.Time `json:"time"`
	Data            data      `json:"data"`
}

// data is all that an event says of a consultation: codes and times.
type data struct {
	Ref        string          `json:"ref"`
	Pool       string          `json:"pool"`
	Urgency    consult.Urgency `json:"urgency"`
	State      consult.State   `json:"state"`
	Escalation int             `json:"escalation"`
	AnswerBy   time.Time       `json:"answer_by"`
	Version    uint64          `json:"version"`
}

// tellable reports whether an envelope belongs into the stream: it is of a consultation, and its ids can stand in a subject.
func tellable(e consult.Envelope) bool {
	return e.Kind == consult.KindConsultation && e.Notice != nil &&
		consult.ValidID(e.Notice.Pool) && consult.ValidID(string(e.Type)) && consult.ValidID(e.ID)
}

// newMessage makes the message that tells of an envelope: a CloudEvent 1.0 in structured JSON, whose id is the position.
// It fails for an id that can't stand in a subject.
func newMessage(source string, e consult.Envelope) (*nats.Msg, error) {
	if !tellable(e) {
		return nil, fmt.Errorf("position %d: nothing to tell, or an id is not valid", e.Position)
	}
	n := e.Notice
	position := strconv.FormatUint(e.Position, 10)
	// In the order and the form in which the CloudEvents SDK writes it, at a small part of the cost.
	body, err := json.Marshal(event{
		SpecVersion: cloudevents.CloudEventsVersionV1, ID: position, Source: source, Type: typePrefix + string(e.Type), Subject: e.ID,
		DataContentType: cloudevents.ApplicationJSON, Time: e.At.UTC(),
		Data: data{
			Ref: n.Ref, Pool: n.Pool, Urgency: n.Urgency, State: n.State, Escalation: n.Escalation,
			AnswerBy: n.AnswerBy.Truncate(time.Second), // as everywhere else that tells it
			Version:  e.Revision,
		},
	})
	if err != nil {
		return nil, fmt.Errorf("position %d: %w", e.Position, err)
	}
	msg := nats.NewMsg(subjectPrefix + n.Pool + "." + string(e.Type))
	msg.Header.Set(jetstream.MsgIDHeader, position)
	msg.Header.Set("Content-Type", cloudevents.ApplicationCloudEventsJSON)
	msg.Data = body
	return msg, nil
}

// positionOf returns the journal position that a message tells of.
func positionOf(h nats.Header) (uint64, error) {
	position, err := strconv.ParseUint(h.Get(jetstream.MsgIDHeader), 10, 64)
	if err != nil || position == 0 {
		return 0, fmt.Errorf("the message has no position")
	}
	return position, nil
}

// tells reports whether a stored message is that of the envelope. The source is left out: it may be configured anew.
func tells(m *jetstream.RawStreamMsg, e consult.Envelope) bool {
	want, err := newMessage("/", e)
	if err != nil || m.Subject != want.Subject {
		return false
	}
	var have, wanted cloudevents.Event
	if json.Unmarshal(m.Data, &have) != nil || json.Unmarshal(want.Data, &wanted) != nil {
		return false
	}
	return have.ID() == wanted.ID() && have.Type() == wanted.Type() && have.Subject() == wanted.Subject() &&
		have.Time().Equal(wanted.Time()) && strings.TrimSpace(string(have.Data())) == strings.TrimSpace(string(wanted.Data()))
}
