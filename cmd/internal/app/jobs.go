package app

import (
	"context"
	"path/filepath"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"silta/consult"
	"silta/notify"
	"silta/notify/jobs"
)

// jobs are all that is done again and again, in the order of the operations page. Each has its schedule in the configuration.
func (a *App) jobs(t *telling) []jobs.Job {
	at := a.o.Config.Jobs
	all := []jobs.Job{
		{Name: "escalation", Schedule: at["escalation"], Grace: 2 * time.Minute, Run: func(ctx context.Context, now time.Time) error {
			defer a.store.clock.saw(now)
			return t.escalator.Tick(ctx, now)
		}},
		{Name: "watchdog", Schedule: at["watchdog"], Grace: 5 * time.Minute, Run: func(ctx context.Context, now time.Time) error {
			return t.watch(ctx, a.store, now, a.o.Log)
		}},
		{Name: "digest", Schedule: at["digest"], Grace: 30 * time.Minute, MakeUp: 10 * time.Hour, Run: t.digest(a.store).Run},
		{Name: "figures", Schedule: at["figures"], Grace: time.Hour, Run: t.figures(a.store).Run},
		{Name: "calendars", Schedule: at["calendars"], Grace: 10 * time.Minute, Remote: true, Run: a.store.calendars.Refresh},
		{Name: "openings", Schedule: at["openings"], Grace: 5 * time.Minute, Run: t.tellOpenings(a.store)},
		{Name: "retention", Schedule: at["retention"], Grace: time.Hour, Run: a.retain},
		{Name: "head", Schedule: at["head"], Grace: time.Hour, Run: t.keepHead(a.store, a.o.Config.Privacy.Heads)},
		{Name: "duty", Schedule: at["duty"], Grace: 2 * time.Minute, Run: func(ctx context.Context, now time.Time) error {
			return t.duty.Tick(ctx, now, t.jobs.Succeeded("duty"))
		}},
		{Name: "drafts", Schedule: at["drafts"], Grace: 5 * time.Minute, Run: func(context.Context, time.Time) error {
			_, err := a.store.drafts.Clean()
			return err
		}},
	}
	if len(a.certificates.all()) > 0 {
		all = append(all, jobs.Job{Name: "certificates", Schedule: at["certificates"], Grace: 10 * time.Minute, Run: a.certificates.look})
	}
	if t.mailbox != nil {
		all = append(all, jobs.Job{Name: "mailbox", Schedule: at["mailbox"], Grace: 5 * time.Minute, Run: t.mailbox})
	}
	return all
}

// startJobs makes up what came due while the program was down, and goes on by the schedules.
func (a *App) startJobs(ctx context.Context, t *telling, reg prometheus.Registerer) (err error) {
	speed := 1.0
	if a.o.Demo != nil {
		speed = a.o.Demo.Speed
	}
	t.jobs, err = jobs.New(jobs.Options{
		Now: a.store.clock.Now, Speed: speed, File: filepath.Join(a.o.Config.Data, jobsFile), Log: a.o.Log, Metrics: reg,
		Tell: func(ctx context.Context, i jobs.Incident) error { return t.tellIncident(ctx, a.store, i) },
	}, a.jobs(t)...)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(ctx))
	a.down.add(func(context.Context) error {
		stop()
		t.jobs.Stop()
		return nil
	})
	t.jobs.Start(ctx)
	return nil
}

// tellIncident writes to every administrator of a job that does not do its work, or does it again.
func (t *telling) tellIncident(ctx context.Context, s *store, i jobs.Incident) error {
	people, err := s.view.People()
	if err != nil {
		return err
	}
	for _, p := range people {
		if !p.Is(consult.Admin) || p.Disabled {
			continue
		}
		letter := notify.JobLetter(i)
		if _, err := t.planner.Letter(ctx, notify.LetterID(letter.Kind, i.Name(), p.ID), p.ID, letter); err != nil {
			return err
		}
	}
	return nil
}
