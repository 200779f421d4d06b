package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/robfig/cron/v3"

	"silta/consult"
)

// Options are what a registry works with; all of it is needed.
type Options struct {
	// Now is the program's clock. Its location is that of the schedules.
	Now func() time.Time
	// Speed is how many times as fast as the machine's the program's clock runs.
	Speed float64
	// File is where it is kept how the jobs went.
	File string
	// Tell tells of an incident. What it returns an error for is told again after a while, so it may be told twice.
	Tell    func(context.Context, Incident) error
	Log     *slog.Logger
	Metrics prometheus.Registerer
}

// Registry runs jobs by their schedules. It is safe for concurrent use.
type Registry struct {
	o       Options
	metrics *metrics
	cron    *cron.Cron
	// remote are the runs that the start does not wait for.
	remote sync.WaitGroup

	mu      sync.Mutex
	entries []*entry
	// began is when the first tick was.
	began time.Time
}

type entry struct {
	Job
	record  Record
	running bool
	// tried is when it was last tried to tell of the incident.
	tried time.Time
}

// tick is how often it is looked what is due, by the machine's clock. Where the program's clock runs faster it is once a minute of that
// clock, up to ten times as often.
const tick = time.Second

// every is a schedule of equal pauses, which may be shorter than those of [cron.Every].
type every time.Duration

// Next implements [cron.Schedule].
func (e every) Next(t time.Time) time.Time { return t.Add(time.Duration(e)) }

// slack is what a job may be late beyond its grace, by the machine's clock: a busy machine is no incident.
const slack = time.Minute

// New makes a registry of jobs, and reads how they went in earlier lives of the program. A file that cannot be read is begun anew.
func New(o Options, list ...Job) (*Registry, error) {
	r := &Registry{o: o, cron: cron.New()}
	records, err := read(o.File)
	if err != nil {
		o.Log.Warn("it is not known how the jobs went before", "error", err)
	}
	if r.metrics, err = newMetrics(o.Metrics); err != nil {
		return nil, err
	}
	now := o.Now()
	for _, j := range list {
		if !consult.ValidID(j.Name) || j.Run == nil || j.Schedule.String() == "" || r.find(j.Name) != nil {
			return nil, fmt.Errorf("job %q: it has no name of its own, no schedule or nothing to run", j.Name)
		}
		e := &entry{Job: j, record: records[j.Name]}
		// A new job begins with its next moment; so does one whose records are of a clock that was set back.
		if e.record.Since.IsZero() || e.record.Since.After(now) || e.record.Started.After(now) || e.record.Succeeded.After(now) {
			e.record = Record{Since: now}
		}
		r.metrics.show(j.Name, e.record)
		r.entries = append(r.entries, e)
	}
	r.save()
	return r, nil
}

func (r *Registry) find(name string) *entry {
	for _, e := range r.entries {
		if e.Name == name {
			return e
		}
	}
	return nil
}

// Start makes up what came due while the program was down, and goes on by the schedules until Stop. It does not wait for jobs that ask
// other servers.
func (r *Registry) Start(ctx context.Context) {
	now := r.o.Now()
	var own, remote []*entry
	for _, e := range r.begin(ctx, now) {
		if e.Remote {
			remote = append(remote, e)
		} else {
			own = append(own, e)
		}
	}
	r.remote.Go(func() { r.do(ctx, remote, now) })
	r.do(ctx, own, now)
	often := min(tick, max(tick/10, time.Duration(float64(time.Minute)/max(r.o.Speed, 1))))
	r.cron.Schedule(every(often), cron.FuncJob(func() { r.Tick(ctx) }))
	r.cron.Start()
}

// Stop starts nothing any more, and returns when all runs have ended. The context given to Start should end before.
func (r *Registry) Stop() {
	<-r.cron.Stop().Done()
	r.remote.Wait()
}

// Tick runs what is due and does not run already, each on its own, and returns when those runs have ended.
func (r *Registry) Tick(ctx context.Context) {
	now := r.o.Now()
	r.do(ctx, r.begin(ctx, now), now)
}

// do runs what begin has marked, and tells of what goes wrong.
func (r *Registry) do(ctx context.Context, due []*entry, now time.Time) {
	var running sync.WaitGroup
	for _, e := range due {
		running.Go(func() {
			started := time.Now()
			err := run(ctx, e.Job, now)
			r.end(ctx, e, now, time.Since(started), err)
		})
	}
	running.Wait()
	r.watch(ctx)
}

// begin marks what is due as running.
func (r *Registry) begin(ctx context.Context, now time.Time) (due []*entry) {
	r.mu.Lock()
	defer r.mu.Unlock()
	first := r.began.IsZero()
	if first {
		r.began = now
	}
	for _, e := range r.entries {
		if ctx.Err() == nil && !e.running && e.due(e.record, now, first) {
			e.running = true
			due = append(due, e)
		}
	}
	return due
}

// run runs a job. One that panics has failed: the program goes on. Of the value, which may hold anything, only the type is told, and what
// the runtime says.
func run(ctx context.Context, j Job, now time.Time) (err error) {
	defer func() {
		switch v := recover().(type) {
		case nil:
		case runtime.Error:
			err = fmt.Errorf("panic: %w\n%s", v, debug.Stack())
		default:
			err = fmt.Errorf("panic: %T\n%s", v, debug.Stack())
		}
	}()
	return j.Run(ctx, now)
}

// end records how a run went. One that was cut short by the end of the program leaves no trace: it is made up.
func (r *Registry) end(ctx context.Context, e *entry, started time.Time, took time.Duration, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	e.running = false
	if err != nil && ctx.Err() != nil {
		return
	}
	e.record.Started, e.record.Took = started, took
	if err == nil {
		e.record.Succeeded, e.record.Failures = started, 0
	} else {
		e.record.Failures++
		r.metrics.failures.WithLabelValues(e.Name).Inc()
		r.o.Log.Error("a job failed", "job", e.Name, "failures", e.record.Failures, "error", err)
	}
	r.metrics.show(e.Name, e.record)
	r.save()
}

// read returns what save wrote, by the names of the jobs.
func read(file string) (map[string]Record, error) {
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var records map[string]Record
	if err := json.Unmarshal(data, &records); err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Base(file), err)
	}
	return records, nil
}

// save writes all records. A failure is told and does no harm before the next start.
func (r *Registry) save() {
	records := make(map[string]Record, len(r.entries))
	for _, e := range r.entries {
		records[e.Name] = e.record
	}
	if err := write(r.o.File, records); err != nil {
		r.o.Log.Warn("how the jobs went could not be kept", "error", err)
	}
}

func write(file string, records map[string]Record) (err error) {
	data, err := json.MarshalIndent(records, "", "  ")
	if err != nil {
		return err
	}
	f, err := os.OpenFile(file+".new", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(append(data, '\n'))
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), file)
}
