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
	terms []term
	text  string
}

// term is either open days or open time.
type term struct {
	days int
	open time.Duration
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

// Part is either open days or open time.
type Part struct {
	Days int
	Open time.Duration
}

// Parts are what the duration is made of, in its order.
func (d Duration) Parts() []Part {
	list := make([]Part, len(d.terms))
	for i, t := range d.terms {
		list[i] = Part{t.days, t.open}
	}
	return list
}

// ParseDuration reads a duration: 30m, 4h, 2d, or several joined by a plus sign, 1d+4h. Each part is at least 1, and all of
// them together at most a year.
func ParseDuration(s string) (Duration, error) {
	d := Duration{text: s}
	days, open := 0, time.Duration(0)
	for part := range strings.SplitSeq(s, "+") {
		if len(part) < 2 || part[0] < '0' || part[0] > '9' {
			return Duration{}, errDuration
		}
		n, err := strconv.Atoi(part[:len(part)-1])
		if err != nil || n < 1 {
			return Duration{}, errDuration
		}
		var t term
		switch part[len(part)-1] {
		case 'm':
			t.open = time.Duration(min(n, maxMinutes+1)) * time.Minute
		case 'h':
			t.open = time.Duration(min(n, maxMinutes+1)) * time.Hour
		case 'd':
			t.days = n
		default:
			return Duration{}, errDuration
		}
		if t.days > maxDays {
			return Duration{}, ErrLong
		}
		days, open = days+t.days, open+t.open
		if days+int(open/(24*time.Hour)) > maxDays {
			return Duration{}, ErrLong
		}
		d.terms = append(d.terms, t)
	}
	return d, nil
}

// String returns the duration as it was written.
func (d Duration) String() string { return d.text }

// IsZero reports whether d adds nothing.
func (d Duration) IsZero() bool { return len(d.terms) == 0 }
