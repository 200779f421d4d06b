package worktime

import (
	"sync"

	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/fi"
)

// HolidayCountries are the codes that [Config.Holidays] can have.
var HolidayCountries = []string{"FI"}

// The public holidays of Finland. Midsummer Eve and Christmas Eve are ordinary days by law: a site that closes then lists them
// among its closed days.
var finnishHolidays = []*cal.Holiday{
	fi.Uudenvuodenpaiva, fi.Loppiainen, fi.Pitkaperjantai, fi.Paasiaispaiva, fi.ToinenPaasiaispaiva, fi.Vappu, fi.Helatorstai,
	fi.Helluntaipaiva, fi.Juhannuspaiva, fi.Pyhainpaiva, fi.Itsenaisyyspaiva, fi.Joulupaiva, fi.Tapaninpaiva,
}

// The years that are computed once and kept; others are computed when they are asked for.
const firstKept, lastKept = 2015, 2065

var keptHolidays = sync.OnceValue(func() map[Date]string {
	kept := map[Date]string{}
	for year := firstKept; year <= lastKept; year++ {
		finnishYear(year, kept)
	}
	return kept
})

func finnishYear(year int, into map[Date]string) {
	for _, h := range finnishHolidays {
		if day, _ := h.Calc(year); !day.IsZero() {
			into[NewDate(day.Year(), day.Month(), day.Day())] = h.Name
		}
	}
}

// finnishHoliday returns the Finnish name of a day's public holiday, or "".
func finnishHoliday(d Date) string {
	if year := d.Year(); year < firstKept || year > lastKept {
		days := map[Date]string{}
		finnishYear(year, days)
		return days[d]
	}
	return keptHolidays()[d]
}
