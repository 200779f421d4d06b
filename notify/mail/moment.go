package mail

import (
	"strconv"
	"time"

	"silta/consult"
	"silta/consult/locale"
)

// moment tells a time in words that hold whenever the mail is read: "ma 23.11. klo 12", "mån 23.11 kl. 12.30", "Mon 23 Nov at 12:30".
func moment(l *locale.Localizer, t time.Time) string {
	t = t.In(l.Zone())
	layout, clock := "2.1.", l.Clock(t)
	switch l.Lang() {
	case consult.Swedish:
		layout = "2.1"
	case consult.English:
		layout = "2 Jan"
	}
	if l.Lang() != consult.English && t.Minute() == 0 {
		clock = strconv.Itoa(t.Hour())
	}
	return l.Weekday(t) + " " + t.Format(layout) + " " + l.T("time.at") + " " + clock
}
