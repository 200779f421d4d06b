package consult_test

import (
	"testing"

	"silta/consult"
)

func TestWays(t *testing.T) {
	p := consult.Person{ID: "me", Preferences: consult.Preferences{Topics: map[consult.Topic]consult.Way{
		consult.TopicNew: consult.InDigest, consult.TopicJoined: consult.InDigest, consult.TopicReplies: consult.InDigest,
		consult.TopicAnswers: consult.InDigest, consult.TopicCourse: consult.NotAtAll,
	}}}
	for _, test := range []struct {
		event  consult.EventType
		sender string
		urgent bool
		want   consult.Way
	}{
		{event: consult.TypeSubmitted, want: consult.InDigest}, {event: consult.TypeSubmitted, urgent: true, want: consult.AtOnce},
		{event: consult.TypeJoined, want: consult.InDigest}, {event: consult.TypeReplied, want: consult.InDigest},
		{event: consult.TypeHandedOver, want: consult.InDigest}, {event: consult.TypeHandedOver, sender: "me", want: consult.NotAtAll},
		{event: consult.TypeAnswered, sender: "me", want: consult.InDigest}, {event: consult.TypeAsked, sender: "me", urgent: true, want: consult.InDigest},
		{event: consult.TypeWithdrawn, want: consult.NotAtAll}, {event: consult.TypeExpired, sender: "me", want: consult.NotAtAll},
		{event: consult.TypeEscalated, want: consult.AtOnce}, {event: consult.TypeReminded, want: consult.AtOnce},
		{event: consult.TypeReminded, sender: "me", want: consult.AtOnce}, {event: consult.TypeAssigned, want: consult.AtOnce},
	} {
		e := consult.Envelope{Type: test.event, Notice: &consult.Notice{Requester: "nurse", State: consult.Submitted, Urgency: consult.Routine}}
		if test.sender != "" {
			e.Notice.Requester = test.sender
		}
		if test.urgent {
			e.Notice.Urgency = consult.Urgent
		}
		if got := p.WayFor(&e); got != test.want {
			t.Errorf("%+v: told %s", test, got)
		}
		if got := (consult.Person{ID: "me"}).WayFor(&e); got != consult.AtOnce {
			t.Errorf("%s, nothing chosen: told %s", test.event, got)
		}
	}
	p.Preferences.Topics[consult.TopicNew] = consult.NotAtAll // As an older or a newer program may have it.
	e := consult.Envelope{Type: consult.TypeSubmitted, Notice: &consult.Notice{State: consult.Submitted}}
	if got := p.WayFor(&e); got != consult.AtOnce {
		t.Errorf("a way that the topic does not have: %s", got)
	}
}

func TestSetPreferences(t *testing.T) {
	d := newMailDesk(t)
	p := consult.Preferences{Topics: map[consult.Topic]consult.Way{consult.TopicReplies: consult.InDigest}, Morning: true}
	if err := d.SetPreferences(t.Context(), d.actor("childpsych"), consult.Swedish, p); err != nil {
		t.Fatal(err)
	}
	got := d.person("childpsych")
	if got.Language != consult.Swedish || !got.Preferences.Morning || got.Preferences.Topics[consult.TopicReplies] != consult.InDigest {
		t.Errorf("%+v", got)
	}
	e, err := d.store.Journal.Envelope(d.store.Journal.Head())
	if err != nil || e.Type != consult.TypePersonSet || e.By != "childpsych" || e.ID != "childpsych" {
		t.Errorf("the journal says %+v, %v", e, err)
	}
	bad := consult.Preferences{Topics: map[consult.Topic]consult.Way{consult.TopicNew: consult.NotAtAll, "unheard-of": consult.AtOnce}}
	if err := d.SetPreferences(t.Context(), d.actor("childpsych"), "de", bad); consult.KindOf(err) != consult.Invalid {
		t.Errorf("accepted: %v", err)
	}
}
