package consult

import (
	"context"
	"slices"
)

// Topic groups what people are told of that is no escalation. Each person chooses how they want to hear of each.
type Topic string

// Topics.
const (
	// TopicNew: a request came to one of my pools, or came back with a follow-up question.
	TopicNew Topic = "new"
	// TopicJoined: one of my pools was asked to answer a request as well.
	TopicJoined Topic = "joined"
	// TopicReplies: the sender, or a joined pool, has said more about a request that I have.
	TopicReplies Topic = "replies"
	// TopicAnswers: what I sent was answered, or the pool asks me something.
	TopicAnswers Topic = "answers"
	// TopicCourse: what I sent went on to another pool or closed by itself; what I had was withdrawn or closed.
	TopicCourse Topic = "course"
)

// Way is how somebody wants to hear of a topic.
type Way string

// Ways.
const (
	// AtOnce is the way of whoever has chosen nothing.
	AtOnce Way = "at-once"
	// InDigest: in one mail in the morning.
	InDigest Way = "digest"
	// NotAtAll: it is seen on the pages only.
	NotAtAll Way = "never"
)

// topicWays are the ways that there are for each topic. Whoever is asked to act hears of it in some way.
var topicWays = map[Topic][]Way{
	TopicNew: {AtOnce, InDigest}, TopicJoined: {AtOnce, InDigest}, TopicReplies: {AtOnce, InDigest},
	TopicAnswers: {AtOnce, InDigest}, TopicCourse: {AtOnce, InDigest, NotAtAll},
}

// Ways returns the ways that there are to hear of a topic, the default first.
func (t Topic) Ways() []Way { return topicWays[t] }

// TopicsOf are the topics that concern somebody with these roles.
func TopicsOf(a Actor) []Topic {
	var topics []Topic
	if a.Is(Specialist) {
		topics = append(topics, TopicNew, TopicJoined, TopicReplies)
	}
	if a.Is(Requester) {
		topics = append(topics, TopicAnswers)
	}
	if a.Is(Specialist) || a.Is(Requester) {
		topics = append(topics, TopicCourse)
	}
	return topics
}

// Preferences are how a person wants to hear of things.
type Preferences struct {
	// Topics holds what was chosen; a topic that is not there is told at once.
	Topics map[Topic]Way `json:"topics,omitempty"`
	// Morning: on its working days a mail with the open requests of each of their pools.
	Morning bool `json:"morning,omitempty"`
}

// WayFor returns how a person is told of an entry. Escalations and reminders, work that is given to somebody by name, and anything
// urgent to those who answer are always told at once.
func (p Person) WayFor(e *Envelope) Way {
	topic := topicOf(e, p.ID)
	way, chosen := p.Preferences.Topics[topic]
	switch {
	case topic == "", !chosen, !slices.Contains(topic.Ways(), way):
		return AtOnce
	case e.Notice.Urgency == Urgent && e.Notice.State.Open() && e.Notice.Requester != p.ID:
		return AtOnce
	}
	return way
}

// topicOf returns the topic of an entry for a person who is told of it, "" for what is always told at once.
func topicOf(e *Envelope, person string) Topic {
	if e.Notice == nil {
		return ""
	}
	sender := e.Notice.Requester == person
	switch e.Type {
	case TypeSubmitted, TypeFollowedUp:
		if e.Notice.Holder == person {
			return TopicReplies
		}
		return TopicNew
	case TypeHandedOver:
		if sender {
			return TopicCourse
		}
		return TopicNew
	case TypeJoined:
		return TopicJoined
	case TypeReplied, TypeAdded:
		return TopicReplies
	case TypeAnswered:
		if sender {
			return TopicAnswers
		}
		return TopicReplies
	case TypeAsked:
		return TopicAnswers
	case TypeWithdrawn, TypeExpired, TypeClosed:
		return TopicCourse
	}
	return ""
}

// SetPreferences changes a person's own language and preferences. Errors: [Invalid] for a way that a topic does not have.
func (s *Service) SetPreferences(ctx context.Context, a Actor, language Language, p Preferences) error {
	var f faults
	choice(&f, "/language", language, Languages)
	for topic, way := range p.Topics {
		if !slices.Contains(topic.Ways(), way) {
			f.add("/topics/"+string(topic), "unknown-value")
		}
	}
	if err := f.err(); err != nil {
		return err
	}
	_, err := s.editPerson(ctx, a, a.ID, func(me *Person) error {
		me.Language, me.Preferences = language, p
		return nil
	})
	return err
}
