package feeds

import (
	"errors"
	"time"

	"silta/consult"
	"silta/routing"
	"silta/routing/oncall"
	"silta/routing/oncall/ical"
)

// News tells a check of rules how a calendar stands. A file is read at once; an address is not asked for it.
func (k *Keeper) News(calendar string, now time.Time) routing.CalendarNews {
	address, file, err := oncall.Source(calendar)
	if err != nil { // [routing.Parse] has told of it.
		return routing.CalendarNews{Unread: true}
	}
	if address == nil {
		people, err := k.o.People()
		if err != nil {
			return routing.CalendarNews{Unread: true}
		}
		return fileNews(k.o.Files, file, k.window(now), ical.NewDirectory(people).Shifts)
	}
	s := k.State(calendar, now)
	if s.Read.IsZero() {
		return routing.CalendarNews{Unread: true}
	}
	return routing.CalendarNews{Shifts: k.Feed(calendar), Stale: s.Stale, Faults: phrases(s.Faults), Unknown: s.Unknown}
}

// FileNews tells a check of rules how a calendar stands where no people are known: a file is read below a directory, and whoever it
// names covers the time. An address is not asked.
func FileNews(dir, calendar string, now time.Time, zone *time.Location) routing.CalendarNews {
	address, file, err := oncall.Source(calendar)
	if err != nil || address != nil {
		return routing.CalendarNews{Unread: true}
	}
	w := ical.Window{From: now.Add(-pastWindow), To: now.Add(aheadWindow), Zone: zone}
	return fileNews(dir, file, w, func(duties []ical.Duty) (shifts []consult.Shift, unknown int) {
		for _, d := range duties {
			shifts = append(shifts, consult.Shift{Person: oncall.Somebody, From: d.From, To: d.To})
		}
		return shifts, 0
	})
}

func fileNews(dir, file string, w ical.Window, shifts func([]ical.Duty) ([]consult.Shift, int)) routing.CalendarNews {
	text, err := readFile(dir, file)
	if err != nil {
		return routing.CalendarNews{Err: phrase(err)}
	}
	duties, faults, err := ical.Read(text, w)
	if err != nil {
		return routing.CalendarNews{Err: phrase(err)}
	}
	news := routing.CalendarNews{Faults: phrases(faults)}
	news.Shifts, news.Unknown = shifts(duties)
	return news
}

// phrase says why a calendar is not read.
func phrase(err error) routing.Phrase {
	if e, ok := errors.AsType[*ical.Error](err); ok {
		return routing.Phrase{Key: reasonKey(e.Reason), Args: map[string]any{"line": e.Line}}
	}
	for key, known := range fileErrors {
		if errors.Is(err, known) {
			return routing.Phrase{Key: key}
		}
	}
	return routing.Phrase{Key: "file-not-opened"}
}

// fileErrors are what keeps a file from being read, by the sentences that tell it.
var fileErrors = map[string]error{
	"file-no-directory": errNoDirectory, "file-missing": errNoFile, "file-not-opened": errNotOpened, "file-broke-off": errBrokeOff,
}

func phrases(faults []ical.Fault) []routing.Phrase {
	var list []routing.Phrase
	for _, f := range faults {
		list = append(list, routing.Phrase{Key: "ics-event", Args: map[string]any{
			"event": f.Event, "property": f.Property, "reason": routing.Phrase{Key: reasonKey(f.Reason)},
		}})
	}
	return list
}

func reasonKey(r ical.Reason) string { return "ics-" + string(r) }
