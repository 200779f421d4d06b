package worktime_test

import (
	"fmt"
	"time"

	"silta/routing/worktime"
)

// A team is there on weekdays until four, on Fridays until three, and keeps the holidays. A question that comes on the last afternoon before
// Christmas is due in four hours of its work.
func ExampleCalendar_Add() {
	helsinki, err := time.LoadLocation("Europe/Helsinki")
	if err != nil {
		panic(err)
	}
	full, friday := []worktime.Span{{From: 8 * 60, To: 16 * 60}}, []worktime.Span{{From: 8 * 60, To: 15 * 60}}
	team, err := worktime.New(worktime.Config{
		Location: helsinki, Holidays: "FI",
		Days:   [7][]worktime.Span{time.Monday: full, time.Tuesday: full, time.Wednesday: full, time.Thursday: full, time.Friday: friday},
		Closed: []worktime.Date{worktime.NewDate(2026, time.December, 24)},
	})
	if err != nil {
		panic(err)
	}
	within, err := worktime.ParseDuration("4h")
	if err != nil {
		panic(err)
	}
	due, err := team.Add(time.Date(2026, time.December, 23, 14, 30, 0, 0, helsinki), within)
	fmt.Println(due.Format("Mon 2 Jan 15:04"), err)
	// Output: Mon 28 Dec 10:30 <nil>
}
