package notify

import (
	"silta/consult"
	"silta/notify/jobs"
)

// JobLetter tells an administrator of a job that does not do its work, or does it again.
func JobLetter(i jobs.Incident) consult.Letter {
	name := consult.LetterValue{Word: "job." + i.Job}
	last := consult.LetterValue{Moment: i.Succeeded}
	if i.Succeeded.IsZero() {
		last = consult.LetterValue{Word: "letter.never"}
	}
	l := consult.Letter{
		Kind: "job-failed", At: i.At, Args: map[string]consult.LetterValue{"job": name}, Path: "/operations", Thread: "job-" + i.Job,
		Facts: []consult.LetterFact{
			{Name: "job", Value: name}, {Name: "since", Value: consult.LetterValue{Moment: i.Since}}, {Name: "last-success", Value: last},
		},
	}
	if i.Over {
		l.Kind = "job-recovered"
	} else {
		l.Facts = append(l.Facts, consult.LetterFact{Name: "means", Value: consult.LetterValue{Word: "job-means." + i.Job}})
	}
	return l
}
