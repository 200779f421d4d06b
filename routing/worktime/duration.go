package worktime

import (
	"errors"
	"strconv"
	"strings"
	"time"
)

// Duration is an amount of working time: hours and minutes of open time, open days, or several of them one after the other.
// The zero Duration adds nothing.
type Duration struct {
	parts []Part
	text  string
}

// Part is either open days or open time.
type Part struct {
	Days int
	Open time.Duration
}

// A duration is a promise to a person, so it stays below a year.
const (
	maxDays    = 366
	maxMinutes = maxDays * 24 * 60
)

var (
	errDuration = errors.New("not a duration such as 30m, 4h, 2d or 1d+4h")
	// ErrLong is the error of a duration that is longer than a year.
	ErrLong = errors.New("longer than a year")
)

// Parts are what the duration is made of, in its order. They are not to be changed.
func (d Duration) Parts() []Part { return d.parts }

// ParseDuration reads a duration: 30m, 4h, 2d, or several joined by a plus sign, 1d+4h. Each part is at least 1, and all of
// them together at most a year.
func ParseDuration(s string) (Duration, error) {
	d := Duration{text: s}
	days, open := 0, time.Duration(0)
	for text := range strings.SplitSeq(s, "+") {
		if len(text) < 2 || text[0] < '0' || text[0] > '9' {
			return Duration{}, errDuration
		}
		n, err := strconv.Atoi(text[:len(text)-1])
		if err != nil || n < 1 {
			return Duration{}, errDuration
		}
		var p Part
		switch text[len(text)-1] {
		case 'm':
			p.Open = time.Duration(min(n, maxMinutes+1)) * time.Minute
		case 'h':
			p.Open = time.Duration(min(n, maxMinutes+1)) * time.Hour
		case 'd':
			p.Days = n
		default:
			return Duration{}, errDuration
		}
		if p.Days > maxDays {
			return Duration{}, ErrLong
		}
		days, open = days+p.Days, open+p.Open
		if days+int(open/(24*time.Hour)) > maxDays {
			return Duration{}, ErrLong
		}
		d.parts = append(d.parts, p)
	}
	return d, nil
}

// String returns the duration as it was written.
func (d Duration) String() string { return d.text }

// IsZero reports whether d adds nothing.
func (d Duration) IsZero() bool { return len(d.parts) == 0 }
