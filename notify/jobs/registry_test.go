package jobs

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
)

// world is a clock and a file for lives of a program.
type world struct {
	now  time.Time
	file string
	log  bytes.Buffer
	// told is what was told of incidents; deaf: it cannot be told.
	told []string
	deaf bool
	// names are those of every incident that it was tried to tell of.
	names []string
}

func (w *world) tell(_ context.Context, i Incident) error {
	w.names = append(w.names, i.Name())
	if w.deaf {
		return errors.New("nobody hears")
	}
	w.told = append(w.told, fmt.Sprintf("%s since %s, at %s over %t", i.Job, i.Since.Format("15:04"), i.At.Format("15:04"), i.Over))
	return nil
}

func newWorld(t *testing.T, start string) *world {
	t.Helper()
	now, err := time.ParseInLocation("2006-01-02 15:04", start, helsinki(t))
	if err != nil {
		t.Fatal(err)
	}
	return &world{now: now, file: filepath.Join(t.TempDir(), "jobs.json")}
}

// life starts the program once more.
func (w *world) life(t *testing.T, list ...Job) *Registry {
	t.Helper()
	r, err := New(Options{
		Now: func() time.Time { return w.now }, Speed: 1, File: w.file, Log: slog.New(slog.NewTextHandler(&w.log, nil)),
		Metrics: prometheus.NewRegistry(), Tell: w.tell,
	}, list...)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// until ticks once a minute up to a moment.
func (w *world) until(t *testing.T, r *Registry, end string) {
	t.Helper()
	to, err := time.ParseInLocation("2006-01-02 15:04", end, w.now.Location())
	if err != nil {
		t.Fatal(err)
	}
	for r.Tick(t.Context()); w.now.Before(to); r.Tick(t.Context()) {
		w.now = w.now.Add(time.Minute)
	}
}

// runs notes when a job ran.
type runs struct {
	list []string
	err  error
}

func (r *runs) run(_ context.Context, now time.Time) error {
	r.list = append(r.list, now.Format("02.01. 15:04"))
	return r.err
}

func (r *runs) take() string {
	s := strings.Join(r.list, ", ")
	r.list = nil
	return s
}

// value is what a metric shows.
func value(t *testing.T, m prometheus.Metric) float64 {
	t.Helper()
	var shown dto.Metric
	if err := m.Write(&shown); err != nil {
		t.Fatal(err)
	}
	return shown.GetCounter().GetValue() + shown.GetGauge().GetValue()
}

func TestOnceADay(t *testing.T) {
	w := newWorld(t, "2026-10-23 12:00")
	var daily, often runs
	list := []Job{
		{Name: "daily", Schedule: Must("30 3 * * *"), Grace: time.Hour, Run: daily.run},
		{Name: "often", Schedule: Must("@every 6h"), Grace: time.Hour, Run: often.run},
	}
	r := w.life(t, list...)
	w.until(t, r, "2026-10-26 12:00")
	if got := daily.take(); got != "24.10. 03:30, 25.10. 03:30, 26.10. 03:30" {
		t.Errorf("over the longest night: %s", got)
	}
	if n := strings.Count(often.take(), ","); n != 12 {
		t.Errorf("every six hours: %d runs after the first in 73 hours", n)
	}
	// The program is down for two days; what was missed is done once, at the start.
	w.now = w.now.AddDate(0, 0, 2)
	r = w.life(t, list...)
	w.until(t, r, "2026-10-28 13:00")
	if d, o := daily.take(), often.take(); d != "28.10. 12:00" || o != "28.10. 12:00" {
		t.Errorf("after two days: %s and %s", d, o)
	}
	w.now = w.now.Add(time.Minute)
	r = w.life(t, list...)
	w.until(t, r, "2026-10-29 03:40")
	if got := daily.take(); got != "29.10. 03:30" {
		t.Errorf("after a short stop: %s", got)
	}
}

func TestMakeUp(t *testing.T) {
	w := newWorld(t, "2026-11-23 06:00")
	var d runs
	job := Job{Name: "digest", Schedule: Must("0 7 * * *"), MakeUp: 4 * time.Hour, Run: d.run}
	w.until(t, w.life(t, job), "2026-11-23 06:30")
	w.now = w.now.Add(6 * time.Hour)
	w.until(t, w.life(t, job), "2026-11-23 12:40")
	if got := d.take(); got != "" {
		t.Errorf("too late for the morning, and yet: %s", got)
	}
	w.now = w.now.Add(21 * time.Hour)
	w.until(t, w.life(t, job), "2026-11-24 10:00")
	if got := d.take(); got != "24.11. 09:40" {
		t.Errorf("made up: %s", got)
	}
}

func TestFailureAndRecovery(t *testing.T) {
	w := newWorld(t, "2026-11-23 06:00")
	d := runs{err: errors.New("no")}
	job := Job{Name: "digest", Schedule: Must("0 7 * * *"), Grace: 30 * time.Minute, Run: d.run}
	r := w.life(t, job)
	w.until(t, r, "2026-11-23 07:12")
	if got := d.take(); got != "23.11. 07:00, 23.11. 07:05, 23.11. 07:10" {
		t.Errorf("tried at %s", got)
	}
	s := r.Statuses()[0]
	if !s.Wrong() || s.Late || s.Outcome != Failed || s.Incident.Format("15:04") != "07:00" || s.Next.Format("02.01. 15:04") != "24.11. 07:00" {
		t.Errorf("%+v", s)
	}
	if n := value(t, r.metrics.failures.WithLabelValues("digest")); n != 3 {
		t.Errorf("%v failures", n)
	}
	r = w.life(t, job)
	w.until(t, r, "2026-11-23 07:40")
	if s := r.Statuses()[0]; !s.Late || s.Incident.Format("15:04") != "07:00" {
		t.Errorf("after its grace: %+v", s)
	}
	d.err = nil
	d.take()
	w.until(t, r, "2026-11-23 08:00")
	if s := r.Statuses()[0]; s.Wrong() || s.Outcome != Done || !s.Incident.IsZero() || d.take() != "23.11. 07:45" {
		t.Errorf("after it went well: %+v", s)
	}
	if got := value(t, r.metrics.succeeded.WithLabelValues("digest")); got != float64(r.Statuses()[0].Last.Unix()) {
		t.Errorf("last success at %v", got)
	}
	if got := strings.Join(w.told, "; "); got != "digest since 07:00, at 07:00 over false; digest since 07:00, at 07:45 over true" {
		t.Errorf("told: %s", got)
	}
}

// TestNobodyHears has incidents of which nobody can be told for a while.
func TestNobodyHears(t *testing.T) {
	w := newWorld(t, "2026-11-23 06:00")
	d := runs{err: errors.New("no")}
	r := w.life(t, Job{Name: "often", Schedule: Every(time.Minute), Run: d.run})
	w.deaf = true
	w.until(t, r, "2026-11-23 06:05")
	d.err = nil
	w.until(t, r, "2026-11-23 06:06")
	if s := r.Statuses()[0]; !s.Incident.IsZero() || len(w.told) != 0 {
		t.Errorf("over before it was told: %+v, %v", s, w.told)
	}
	d.err = errors.New("no")
	w.until(t, r, "2026-11-23 06:10")
	w.deaf = false
	w.until(t, r, "2026-11-23 06:12")
	d.err, w.deaf = nil, true
	w.until(t, r, "2026-11-23 06:15")
	w.deaf = false
	w.until(t, r, "2026-11-23 06:20")
	if got := strings.Join(w.told, "; "); got != "often since 06:07, at 06:11 over false; often since 06:07, at 06:16 over true" {
		t.Errorf("told: %s", got)
	}
}

// An incident keeps its name over a restart: nobody is told of it twice.
func TestIncidentNames(t *testing.T) {
	w := newWorld(t, "2026-11-23 06:00")
	w.deaf = true
	d := runs{err: errors.New("no")}
	job := Job{Name: "often", Schedule: Every(time.Minute), Run: d.run}
	w.until(t, w.life(t, job), "2026-11-23 06:05")
	w.until(t, w.life(t, job), "2026-11-23 06:10")
	if names := slices.Compact(slices.Clone(w.names)); len(w.names) < 4 || len(names) != 1 {
		t.Errorf("%d times told, as %q", len(w.names), names)
	}
}

func TestPanicIsAFailure(t *testing.T) {
	w := newWorld(t, "2026-11-23 06:00")
	r := w.life(t, Job{Name: "bad", Schedule: Every(time.Minute), Run: func(context.Context, time.Time) error { panic("SALAISUUS") }})
	r.Tick(t.Context())
	log := w.log.String()
	if s := r.Statuses()[0]; s.Outcome != Failed || s.Running || !strings.Contains(log, "panic: string") || strings.Contains(log, "SALAISUUS") {
		t.Errorf("%+v\n%s", s, log)
	}
}

// TestNeverTwiceAtOnce has a job that does not come to an end while ticks go on.
func TestNeverTwiceAtOnce(t *testing.T) {
	w := newWorld(t, "2026-11-23 06:00")
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		began := 0
		var others runs
		r := w.life(t,
			Job{Name: "slow", Schedule: Every(time.Minute), Grace: 5 * time.Minute, Run: func(ctx context.Context, _ time.Time) error {
				began++
				select {
				case <-release:
					return nil
				case <-ctx.Done():
					return ctx.Err()
				}
			}},
			Job{Name: "other", Schedule: Every(time.Minute), Grace: 5 * time.Minute, Run: others.run})
		ctx, cancel := context.WithCancel(t.Context())
		var ticks sync.WaitGroup
		for range 10 {
			ticks.Go(func() { r.Tick(ctx) })
			synctest.Wait()
			w.now = w.now.Add(time.Minute)
		}
		if s := r.Statuses()[0]; began != 1 || !s.Running || !s.Late || s.Outcome != Never {
			t.Errorf("began %d times: %+v", began, s)
		}
		if s := r.Statuses()[1]; len(others.list) != 10 || s.Wrong() {
			t.Errorf("the other one: %v, %+v", others.list, s)
		}
		close(release)
		ticks.Wait()
		if s := r.Statuses()[0]; s.Running || s.Outcome != Done {
			t.Errorf("at its end: %+v", s)
		}
		release = make(chan struct{})
		ticks.Go(func() { r.Tick(ctx) })
		synctest.Wait()
		cancel()
		ticks.Wait()
		if s := r.Statuses()[0]; began != 2 || s.Running || s.Outcome != Done {
			t.Errorf("cut short by the end of the program: %+v", s)
		}
	})
}

// TestSilentServer has a job that hangs on another server when the program starts: people can sign in all the same, and the program can
// be ended.
func TestSilentServer(t *testing.T) {
	w := newWorld(t, "2026-11-23 06:00")
	synctest.Test(t, func(t *testing.T) {
		ended := false
		var own runs
		hangs := func(ctx context.Context, _ time.Time) error {
			<-ctx.Done()
			ended = true
			return ctx.Err()
		}
		r := w.life(t, Job{Name: "hangs", Schedule: Every(time.Minute), Grace: time.Minute, Remote: true, Run: hangs},
			Job{Name: "own", Schedule: Every(time.Minute), Run: own.run})
		ctx, cancel := context.WithCancel(t.Context())
		r.Start(ctx)
		if s := r.Statuses()[0]; !s.Running || s.Late || len(own.list) != 1 {
			t.Errorf("%+v, and the program's own: %v", s, own.list)
		}
		cancel()
		r.Stop()
		if s := r.Statuses()[0]; !ended || s.Running {
			t.Errorf("at the end: %+v", s)
		}
	})
}

func TestRecords(t *testing.T) {
	w := newWorld(t, "2026-11-23 06:00")
	var d runs
	job := Job{Name: "digest", Schedule: Must("0 7 * * *"), Run: d.run}
	w.until(t, w.life(t, job), "2026-11-23 07:01")
	before := w.life(t, job).Statuses()[0]
	if before.Outcome != Done || before.Last.Format("15:04") != "07:00" {
		t.Errorf("in the next life: %+v", before)
	}
	// A demo's clock may start anywhere: what lies ahead of it is forgotten.
	w.now = w.now.AddDate(-1, 0, 0)
	if s := w.life(t, job).Statuses()[0]; s.Outcome != Never || s.Wrong() {
		t.Errorf("a clock that was set back: %+v", s)
	}
	w.now = w.now.AddDate(1, 0, 0)
	if err := os.WriteFile(w.file, []byte("{cut sh"), 0o600); err != nil {
		t.Fatal(err)
	}
	if s := w.life(t, job).Statuses()[0]; s.Outcome != Never || !strings.Contains(w.log.String(), "not known") {
		t.Errorf("a damaged file: %+v\n%s", s, w.log.String())
	}
	o := Options{Now: func() time.Time { return w.now }, File: w.file, Log: slog.New(slog.DiscardHandler), Metrics: prometheus.NewRegistry()}
	for _, bad := range [][]Job{{job, job}, {{Name: "a b", Schedule: job.Schedule, Run: d.run}}, {{Name: "x", Run: d.run}}, {{Name: "x", Schedule: job.Schedule}}} {
		o.Metrics = prometheus.NewRegistry()
		if _, err := New(o, bad...); err == nil {
			t.Errorf("accepted: %+v", bad)
		}
	}
}
