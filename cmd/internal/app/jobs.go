package app

import (
	"context"
	"path/filepath"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"silta/notify/jobs"
)

// jobs are all that is done again and again, in the order of the operations page. Each has its schedule in the configuration.
func (a *App) jobs(t *telling) []jobs.Job {
	at := a.o.Config.Jobs
	return []jobs.Job{
		{Name: "escalation", Schedule: at["escalation"], Grace: 2 * time.Minute, Run: t.escalator.Tick},
		{Name: "watchdog", Schedule: at["watchdog"], Grace: 5 * time.Minute, Run: func(context.Context, time.Time) error {
			return t.watch(a.store, a.o.Log)
		}},
		{Name: "drafts", Schedule: at["drafts"], Grace: 5 * time.Minute, Run: func(context.Context, time.Time) error {
			_, err := a.store.drafts.Clean()
			return err
		}},
	}
}

// startJobs makes up what came due while the program was down, and goes on by the schedules.
func (a *App) startJobs(ctx context.Context, t *telling, reg prometheus.Registerer) (err error) {
	speed := 1.0
	if a.o.Demo != nil {
		speed = a.o.Demo.Speed
	}
	t.jobs, err = jobs.New(jobs.Options{
		Now: a.store.clock.Now, Speed: speed, File: filepath.Join(a.o.Config.Data, jobsFile), Log: a.o.Log, Metrics: reg,
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
