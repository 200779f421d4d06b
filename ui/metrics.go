package ui

import (
	"net"
	"slices"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// metrics are the server's own. Their labels are routes as they stand in the program, never addresses.
type metrics struct {
	took    *prometheus.HistogramVec
	streams prometheus.Gauge
	// passwords counts what signing in costs: each is some hundredths of a second of a processor, whoever is asked for.
	passwords prometheus.Counter
}

func newMetrics(r prometheus.Registerer) (*metrics, error) {
	m := &metrics{
		took: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "silta_http_request_duration_seconds", Help: "How long requests took, by route and status.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5},
		}, []string{"method", "route", "status"}),
		streams:   prometheus.NewGauge(prometheus.GaugeOpts{Name: "silta_live_pages", Help: "Open pages that refresh themselves."}),
		passwords: prometheus.NewCounter(prometheus.CounterOpts{Name: "silta_password_hashes_total", Help: "Passwords that were hashed to be checked or kept."}),
	}
	for _, c := range []prometheus.Collector{m.took, m.streams, m.passwords} {
		if err := r.Register(c); err != nil {
			return nil, err
		}
	}
	return m, nil
}

func (m *metrics) observe(method, route string, status int, took time.Duration) {
	m.took.WithLabelValues(known(method), route, strconv.Itoa(status)).Observe(took.Seconds())
}

// looksAfter reports whether a client at the address may know how the server does.
func (s *Server) looksAfter(address string) bool {
	ip := net.ParseIP(address)
	return slices.ContainsFunc(s.MetricsFrom, func(n *net.IPNet) bool { return n.Contains(ip) })
}
