package notify

import (
	"context"
	"errors"
	"fmt"
	"sort"
	"time"

	"silta/consult"
)

// fewest is the smallest number that figures show: fewer could be told apart by whoever knows the place.
const fewest = 5

// FiguresPost is what the week's figures are made from; all of it is needed.
type FiguresPost struct {
	Everybody func() ([]consult.Person, error)
	// Pools are all pools, in the order of the rules; Leads reports whether a person leads one.
	Pools func() []string
	Leads func(person, pool string) bool
}

// Figures writes the week's figures to those who lead pools, and to administrators.
type Figures struct {
	FiguresPost
	planner *Planner
}

// NewFigures makes the writer of figures, which plans its mails with a planner.
func NewFigures(p FiguresPost, planner *Planner) *Figures { return &Figures{p, planner} }

// poolWeek counts what happened in a pool in a week.
type poolWeek struct{ submitted, answered, inTime, escalated, handedOn int }

// Run writes the figures of the seven days before today: counts alone, small ones hidden. Each person gets them once a day at most.
func (f *Figures) Run(ctx context.Context, now time.Time) error {
	year, month, day := now.Date()
	to := time.Date(year, month, day, 0, 0, 0, 0, now.Location())
	from := to.AddDate(0, 0, -7)
	weeks, err := f.count(ctx, from, to)
	if err != nil {
		return err
	}
	people, err := f.Everybody()
	if err != nil {
		return err
	}
	var faults []error
	for _, p := range people {
		if p.Disabled || p.Email == "" {
			continue
		}
		l := consult.Letter{Kind: "figures", At: now, Path: "/", Args: map[string]consult.LetterValue{"from": {Day: from}, "to": {Day: to.AddDate(0, 0, -1)}}}
		for _, pool := range f.Pools() {
			if p.Is(consult.Admin) || f.Leads(p.ID, pool) {
				l.Sections = append(l.Sections, weeks[pool].section(pool))
			}
		}
		if len(l.Sections) == 0 {
			continue
		}
		if _, err := f.planner.Letter(ctx, LetterID(l.Kind, to.Format(time.DateOnly), p.ID), p.ID, l); err != nil {
			faults = append(faults, fmt.Errorf("figures to %s: %w", p.ID, err))
		}
	}
	return errors.Join(faults...)
}

// count goes through the journal's clear envelopes of a stretch of time.
func (f *Figures) count(ctx context.Context, from, to time.Time) (map[string]poolWeek, error) {
	first, err := f.positionAt(from)
	if err != nil {
		return nil, err
	}
	weeks := map[string]poolWeek{}
	for e, err := range f.planner.journal.Envelopes(first) {
		if err != nil {
			return nil, err
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if !e.At.Before(to) {
			break
		}
		if e.Notice == nil || e.Kind != consult.KindConsultation {
			continue
		}
		n := e.Notice
		w := weeks[n.Pool]
		switch e.Type {
		case consult.TypeSubmitted:
			w.submitted++
		case consult.TypeAnswered:
			if n.State == consult.Answered {
				w.answered++
				if !e.At.After(n.AnswerBy) {
					w.inTime++
				}
			}
		case consult.TypeEscalated:
			w.escalated++
		case consult.TypeHandedOver:
			left := weeks[n.Pools[len(n.Pools)-1]]
			left.handedOn++
			weeks[n.Pools[len(n.Pools)-1]] = left
			continue
		}
		weeks[n.Pool] = w
	}
	return weeks, nil
}

// positionAt returns the last position before a moment.
func (f *Figures) positionAt(at time.Time) (uint64, error) {
	var failed error
	n := sort.Search(int(f.planner.journal.Head()), func(i int) bool {
		e, err := f.planner.journal.Envelope(uint64(i) + 1)
		if err != nil {
			failed = err
		}
		return !e.At.Before(at)
	})
	return uint64(n), failed
}

func (w poolWeek) section(pool string) consult.LetterSection {
	s := consult.LetterSection{Title: "week", Args: map[string]consult.LetterValue{"pool": {Pool: pool}}}
	for _, row := range []struct {
		words string
		n     int
	}{{"submitted", w.submitted}, {"answered", w.answered}, {"in-time", w.inTime}, {"escalated", w.escalated}, {"handed-on", w.handedOn}} {
		n := consult.LetterValue{Number: row.n}
		if row.n > 0 && row.n < fewest {
			n = consult.LetterValue{Word: "letter.few"}
		}
		s.Rows = append(s.Rows, consult.LetterRow{Words: "week-" + row.words, Args: map[string]consult.LetterValue{"count": n}})
	}
	return s
}
