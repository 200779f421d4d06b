package mail_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"silta/consult"
	"silta/notify/mail"
)

// samples are a mail of every kind, as the program writes them.
func samples() map[string]func(*mail.Notification) {
	text := func(s string) consult.LetterValue { return consult.LetterValue{Text: s} }
	number := func(n int) consult.LetterValue { return consult.LetterValue{Number: n} }
	word := func(s string) consult.LetterValue { return consult.LetterValue{Word: s} }
	at := func(day, hour int) consult.LetterValue {
		return consult.LetterValue{Moment: time.Date(2026, 11, day, hour, 30, 0, 0, time.UTC)}
	}
	day := func(day int) consult.LetterValue {
		return consult.LetterValue{Day: time.Date(2026, 11, day, 0, 0, 0, 0, time.UTC)}
	}
	type args = map[string]consult.LetterValue
	pool := consult.LetterValue{Pool: "child-psychiatry"}
	fact := func(name string, v consult.LetterValue) consult.LetterFact {
		return consult.LetterFact{Name: name, Value: v}
	}
	row := func(words, path string, a args) consult.LetterRow {
		return consult.LetterRow{Words: words, Path: path, Args: a}
	}
	list := map[string]func(*mail.Notification){}
	event := func(name string, change func(n *mail.Notification, notice *consult.Notice)) {
		list[name] = func(n *mail.Notification) { change(n, n.Envelope.Notice) }
	}
	letter := func(l consult.Letter) {
		list[l.Kind] = func(n *mail.Notification) {
			l.At = n.Envelope.At
			n.Letter = &l
		}
	}
	remind := func(name string, kind consult.ReminderKind, state consult.State, sender bool) {
		event(name, func(n *mail.Notification, notice *consult.Notice) {
			n.Sender, n.Envelope.Type, notice.Reminder, notice.State = sender, consult.TypeReminded, kind, state
			notice.ClaimBy, notice.ExpiresAt = n.Envelope.At, n.Envelope.At.AddDate(0, 0, 7)
		})
	}
	of := func(name string, t consult.EventType, state consult.State, sender bool) {
		event(name, func(n *mail.Notification, notice *consult.Notice) {
			n.Sender, n.Envelope.Type, notice.State = sender, t, state
		})
	}

	of("new", consult.TypeSubmitted, consult.Submitted, false)
	of("asked", consult.TypeAsked, consult.Waiting, true)
	of("answered", consult.TypeAnswered, consult.Answered, true)
	of("handed-over", consult.TypeHandedOver, consult.Submitted, false)
	of("expired", consult.TypeExpired, consult.Expired, true)
	event("escalated", func(n *mail.Notification, _ *consult.Notice) { n.Envelope.Type = consult.TypeEscalated })
	event("escalated-urgent-late", func(n *mail.Notification, notice *consult.Notice) {
		n.Envelope.Type, notice.Urgency, n.Envelope.At = consult.TypeEscalated, consult.Urgent, notice.AnswerBy
	})
	remind("claim", consult.RemindClaim, consult.Submitted, false)
	remind("reply", consult.RemindReply, consult.Waiting, true)
	remind("silence", consult.RemindSilence, consult.Waiting, false)
	remind("close", consult.RemindClose, consult.Answered, true)

	letter(consult.Letter{Kind: "unread", Args: args{"ref": text("S-2026-0042")}, Path: "/requests/01a1ffe7-da12", Answer: true})
	job := []consult.LetterFact{fact("job", word("job.escalation")), fact("since", at(23, 7)), fact("last-success", word("letter.never"))}
	letter(consult.Letter{Kind: "job-failed", Args: args{"job": word("job.escalation")}, Path: "/operations",
		Facts: append(job[:3:3], fact("means", word("job-means.escalation")))})
	letter(consult.Letter{Kind: "job-recovered", Args: args{"job": word("job.escalation")}, Path: "/operations", Facts: job})
	letter(consult.Letter{Kind: "head", Args: args{"day": day(23)}, Path: "/access", Facts: []consult.LetterFact{
		fact("head", text("silta-head 1048576 2026-11-23T07:00:00Z 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")),
	}})
	letter(consult.Letter{Kind: "opening", Args: args{"ref": text("S-2026-0042"), "pool": pool}, Path: "/openings", Facts: []consult.LetterFact{
		fact("ref", text("S-2026-0042")), fact("person", consult.LetterValue{Person: "childpsych2"}),
		fact("reason", word("opening-reason."+string(consult.ReasonCodes[0]))), fact("at", at(23, 9)), fact("until", at(23, 21)),
	}})
	account := []consult.LetterFact{fact("account", text("leena.lastenpsykiatri")), fact("good-until", at(26, 9))}
	letter(consult.Letter{Kind: "invitation", Path: "/invitation/4FJ2KQX7ZB3M5N6P2R4T6V7W8Y", Facts: account})
	letter(consult.Letter{Kind: "reset", Path: "/invitation/4FJ2KQX7ZB3M5N6P2R4T6V7W8Y", Facts: account})
	letter(consult.Letter{Kind: "account-changed", Path: "/account", Facts: []consult.LetterFact{fact("what", word("letter.change.password"))}})
	letter(consult.Letter{Kind: "address-changed", Path: "/account", Facts: []consult.LetterFact{
		fact("changed-at", at(23, 9)), fact("changed-by", word("letter.change.by-program")),
	}})

	waits := []consult.LetterFact{fact("open", number(7)), fact("unclaimed", number(2)), fact("next-deadline", at(23, 12))}
	first := []consult.LetterSection{{Title: "next-deadlines", Rows: []consult.LetterRow{
		row("due", "/requests/01a1", args{"ref": text("S-2026-0042"), "when": at(23, 12)}), row("due", "/requests/01a2", args{"ref": text("S-2026-0051"), "when": at(24, 8)}),
	}}}
	colleague := consult.LetterValue{Colleague: "childpsych"}
	letter(consult.Letter{Kind: "duty-begins", Path: "/queue?pool=child-psychiatry", Sections: first,
		Facts: append([]consult.LetterFact{fact("pool", pool), fact("ends", at(30, 6)), fact("before", colleague)}, waits...)})
	letter(consult.Letter{Kind: "duty-ends", Path: "/queue?pool=child-psychiatry", Sections: first,
		Facts: append([]consult.LetterFact{fact("pool", pool), fact("on-call", colleague)}, waits...)})
	for _, kind := range []string{"swap-asked", "swap-accepted", "swap-declined", "swap-withdrawn", "override-set", "override-removed"} {
		letter(consult.Letter{Kind: kind, Path: "/pools/child-psychiatry", Facts: []consult.LetterFact{
			fact("pool", pool), fact("from", at(24, 6)), fact("ends", at(25, 6)), fact("on-call", consult.LetterValue{Person: "childpsych2"}), fact("instead-of", colleague),
		}})
	}

	open := func(ref string, urgency consult.Urgency, d, h int) consult.LetterRow {
		return row("open", "/requests/"+ref, args{"ref": text(ref), "urgency": word("urgency." + string(urgency)), "by": at(d, h)})
	}
	letter(consult.Letter{Kind: "digest", Args: args{"day": day(23)}, Path: "/", Sections: []consult.LetterSection{
		{Title: "news", Rows: []consult.LetterRow{
			row("news", "/requests/01a3", args{"ref": text("S-2026-0039"), "what": word("mail.short.closed"), "at": at(20, 12)}),
			row("news", "/requests/01a4", args{"ref": text("S-2026-0040"), "what": word("mail.short.added"), "at": at(21, 8)}),
		}},
		{Title: "late", Args: args{"pool": pool}, Rows: []consult.LetterRow{
			row("late", "/requests/01a5", args{"ref": text("S-2026-0031"), "urgency": word("urgency.urgent"), "by": at(20, 12)}),
		}},
		{Title: "today", Args: args{"pool": pool}, Rows: []consult.LetterRow{open("S-2026-0041", consult.Soon, 23, 10), open("S-2026-0042", consult.Routine, 23, 13)}},
		{Title: "unclaimed", Args: args{"pool": pool}, Rows: []consult.LetterRow{open("S-2026-0052", consult.Routine, 27, 13)}},
	}})
	week := func(name string, counts ...consult.LetterValue) consult.LetterSection {
		s := consult.LetterSection{Title: "week", Args: args{"pool": {Pool: name}}}
		for i, words := range []string{"submitted", "answered", "in-time", "escalated", "handed-on"} {
			s.Rows = append(s.Rows, row("week-"+words, "", args{"count": counts[i]}))
		}
		return s
	}
	few := word("letter.few")
	letter(consult.Letter{Kind: "figures", Args: args{"from": day(16), "to": day(22)}, Path: "/", Sections: []consult.LetterSection{
		week("child-psychiatry", number(14), number(12), number(11), few, number(0)), week("youth-psychiatry", number(23), number(25), number(19), number(6), few),
	}})
	return list
}

// TestSamples: every kind of letter that the catalogues have is looked at, and every time in a mail is told in words.
func TestSamples(t *testing.T) {
	words, err := os.ReadFile("locale/en.yaml")
	if err != nil {
		t.Fatal(err)
	}
	list := samples()
	for _, kind := range regexp.MustCompile(`(?m)^letter\.([\w-]+)\.subject:`).FindAllStringSubmatch(string(words), -1) {
		if list[kind[1]] == nil {
			t.Errorf("no sample of %s", kind[1])
		}
	}
	stamp := regexp.MustCompile(`\d{4}-\d{2}-\d{2}[T ]\d{2}:|\d{2}:\d{2}:\d{2}|UTC|GMT`)
	due := map[consult.Language]*regexp.Regexp{
		consult.Finnish: regexp.MustCompile(`(ma|ti|ke|to|pe|la|su) \d+\.\d+\. klo \d+`), consult.Swedish: regexp.MustCompile(`(mån|tis|ons|tors|fre|lör|sön) \d+\.\d+ kl\. \d+`),
		consult.English: regexp.MustCompile(`(Mon|Tue|Wed|Thu|Fri|Sat|Sun) \d+ [A-Z][a-z]{2} at \d+:\d\d`),
	}
	for name, change := range list {
		for _, l := range consult.Languages {
			n := notification()
			n.Language = l
			change(&n)
			m := compose(t, n)
			if strings.ContainsAny(m.Subject+m.Text, "⟦⟧") || strings.Contains(m.Text, "<no value>") {
				t.Errorf("%s, %s: %s\n%s", name, l, m.Subject, m.Text)
			}
			if name != "head" && stamp.MatchString(m.Text) {
				t.Errorf("%s, %s: a time is not told in words:\n%s", name, l, m.Text)
			}
			if open := n.Letter == nil && n.Envelope.Notice.State.Open() && n.Envelope.Notice.State != consult.Waiting; open && !due[l].MatchString(m.Text) {
				t.Errorf("%s, %s: no deadline in words:\n%s", name, l, m.Text)
			}
		}
	}
}
