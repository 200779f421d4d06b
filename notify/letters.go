package notify

import (
	"time"

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

// OpeningLetter tells a pool's lead that somebody of another pool has opened a request for a stated reason.
func OpeningLetter(g consult.Grant) consult.Letter {
	return consult.Letter{
		Kind: "opening", At: g.At, Args: map[string]consult.LetterValue{"ref": {Text: g.Ref}, "pool": {Pool: g.Pool}},
		Path: "/openings", Thread: g.Request,
		Facts: []consult.LetterFact{
			{Name: "ref", Value: consult.LetterValue{Text: g.Ref}}, {Name: "person", Value: consult.LetterValue{Person: g.Person}},
			{Name: "reason", Value: consult.LetterValue{Word: "opening-reason." + string(g.Reason)}},
			{Name: "at", Value: consult.LetterValue{Moment: g.At}}, {Name: "until", Value: consult.LetterValue{Moment: g.Until}},
		},
	}
}

// HeadLetter tells auditors and administrators where the journal ends. Who keeps it can prove later that the past is the same.
func HeadLetter(h consult.Head, at time.Time) consult.Letter {
	return consult.Letter{
		Kind: "head", At: at, Args: map[string]consult.LetterValue{"day": {Day: at}}, Path: "/access", Thread: "head",
		Facts: []consult.LetterFact{{Name: "head", Value: consult.LetterValue{Text: h.String()}}},
	}
}
