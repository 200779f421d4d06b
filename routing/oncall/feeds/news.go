package feeds

import (
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
	s := k.state(calendar, now)
	if s.Read.IsZero() {
		return routing.CalendarNews{Unread: true}
	}
	return routing.CalendarNews{Shifts: k.Feed(calendar), Stale: s.Stale, Faults: sentences(s.Faults), Unknown: s.Unknown}
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
		return routing.CalendarNews{Err: err.Error()}
	}
	duties, faults, err := ical.Read(text, w)
	if err != nil {
		return routing.CalendarNews{Err: err.Error()}
	}
	news := routing.CalendarNews{Faults: sentences(faults)}
	news.Shifts, news.Unknown = shifts(duties)
	return news
}

func sentences(faults []ical.Fault) []string {
	var list []string
	for _, f := range faults {
		list = append(list, f.String())
	}
	return list
}
