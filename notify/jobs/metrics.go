package jobs

import "github.com/prometheus/client_golang/prometheus"

// metrics are labelled by the jobs' names.
type metrics struct {
	succeeded, took *prometheus.GaugeVec
	failures        *prometheus.CounterVec
}

func newMetrics(r prometheus.Registerer) (*metrics, error) {
	gauge := func(name, help string) *prometheus.GaugeVec {
		return prometheus.NewGaugeVec(prometheus.GaugeOpts{Namespace: "silta", Subsystem: "job", Name: name, Help: help}, []string{"job"})
	}
	m := &metrics{
		succeeded: gauge("last_success_timestamp_seconds", "When the job's last run that succeeded began; 0: never."),
		took:      gauge("last_duration_seconds", "How long the job's last run took."),
		failures: prometheus.NewCounterVec(prometheus.CounterOpts{
			Namespace: "silta", Subsystem: "job", Name: "failures_total", Help: "Runs of the job that failed.",
		}, []string{"job"}),
	}
	for _, c := range []prometheus.Collector{m.succeeded, m.took, m.failures} {
		if err := r.Register(c); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// show sets a job's gauges.
func (m *metrics) show(job string, r Record) {
	at := 0.0
	if !r.Succeeded.IsZero() {
		at = float64(r.Succeeded.Unix())
	}
	m.succeeded.WithLabelValues(job).Set(at)
	m.took.WithLabelValues(job).Set(r.Took.Seconds())
	m.failures.WithLabelValues(job)
}
