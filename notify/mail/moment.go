package mail

import (
	"time"

	"silta/consult"
	"silta/consult/locale"
)

// moment tells a time in words that hold whenever the mail is read: "ma 23.11. klo 12.00".
func moment(l *locale.Localizer, t time.Time) string {
	t = t.In(l.Zone())
	layout := "2.1."
	switch l.Lang() {
	case consult.Swedish:
		layout = "2.1"
	case consult.English:
		layout = "2 Jan"
	}
	return l.Weekday(t) + " " + t.Format(layout) + " " + l.T("time.at") + " " + l.Clock(t)
}
