package templates

import (
	"silta/consult"
	"silta/consult/locale"
)

// Settings is a person's page of their own choices. It posts "language", "topics.TOPIC" and "morning" to /settings.
type Settings struct {
	Page
	Language consult.Language
	Topics   []TopicChoice
	// Morning is whether the mail with a pool's open requests is wanted; HasPools whether the person answers for any.
	Morning  bool
	HasPools bool
	Errors   Errors
}

// TopicChoice is how the person wants to hear of a topic.
type TopicChoice struct {
	Topic  consult.Topic
	Chosen consult.Way
}

func (p Settings) field(pointer, value string) field {
	return field{l: p.L, form: "settings", pointer: pointer, value: value, errors: p.Errors}
}

func ways(l *locale.Localizer, list []consult.Way) []option {
	options := make([]option, len(list))
	for i, w := range list {
		options[i] = option{value: string(w), text: l.T("way." + string(w))}
	}
	return options
}

func spokenLanguages(l *locale.Localizer) []option {
	options := make([]option, len(consult.Languages))
	for i, lang := range consult.Languages {
		options[i] = option{value: string(lang), text: l.T("layout.own-name." + string(lang))}
	}
	return options
}
