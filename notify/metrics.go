package notify

import (
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"

	"silta/notify/mail"
)

// Metrics counts what this package does. No label holds an id.
type Metrics struct {
	relay                       atomic.Pointer[Relay]
	told, untold, relayFailures prometheus.Counter

	planned                 prometheus.Counter
	mails                   *prometheus.CounterVec
	received                *prometheus.CounterVec
	unmatched               prometheus.Counter
	movedOn, flagged        prometheus.Counter
	advanced, advanceFailed prometheus.Counter
	overdue                 prometheus.Gauge
	forgotten               prometheus.Gauge
}

// NewMetrics makes the counters and registers them.
func NewMetrics(r prometheus.Registerer) (*Metrics, error) {
	counter := func(name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Namespace: "silta", Name: name, Help: help})
	}
	gauge := func(name, help string) prometheus.Gauge {
		return prometheus.NewGauge(prometheus.GaugeOpts{Namespace: "silta", Name: name, Help: help})
	}
	m := &Metrics{
		told:          counter("relay_events_total", "Events that the stream has taken."),
		untold:        counter("relay_untold_total", "Entries that can't be told because an id in them is not valid."),
		relayFailures: counter("relay_failures_total", "How often telling events was interrupted."),
		planned:       counter("mails_planned_total", "Mails that were planned."),
		mails: prometheus.NewCounterVec(prometheus.CounterOpts{
			Namespace: "silta", Name: "mails_total", Help: "Attempts to send a mail, by how they ended: sent, retry, failed.",
		}, []string{"outcome"}),
		received: prometheus.NewCounterVec(prometheus.CounterOpts{
			Namespace: "silta", Name: "mails_received_total", Help: "Mails that came in, by what they are.",
		}, []string{"kind"}),
		unmatched:     counter("bounces_unmatched_total", "Bounces and delays that are about no mail of this program, or not provably."),
		movedOn:       counter("escalations_by_bounce_total", "Requests that were told to the next people since a mail does not arrive."),
		flagged:       counter("addresses_flagged_total", "Addresses at which mail was found not to arrive."),
		advanced:      counter("escalation_steps_total", "Due moments of requests that were dealt with."),
		advanceFailed: counter("escalation_failures_total", "Due moments of requests that could not be dealt with."),
		overdue:       gauge("due_overdue", "Due moments that the last tick left undone."),
		forgotten:     gauge("open_without_due", "Open requests that have no next moment: there must be none."),
	}
	for _, outcome := range []string{outcomeSent, outcomeRetry, outcomeFailed} {
		m.mails.WithLabelValues(outcome)
	}
	for _, kind := range mail.IncomingKinds {
		m.received.WithLabelValues(string(kind))
	}
	ofRelay := func(name, help string, value func(*Relay) uint64) prometheus.Collector {
		return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Namespace: "silta", Name: name, Help: help}, func() float64 {
			if r := m.relay.Load(); r != nil {
				return float64(value(r))
			}
			return 0
		})
	}
	for _, c := range []prometheus.Collector{
		ofRelay("relay_position", "Journal position up to which everything is told.", (*Relay).Position),
		ofRelay("relay_lag", "Entries of the journal that the relay has not looked at yet.", (*Relay).Lag),
		m.told, m.untold, m.relayFailures, m.planned, m.mails, m.received, m.unmatched, m.movedOn, m.flagged, m.advanced, m.advanceFailed, m.overdue, m.forgotten,
	} {
		if err := r.Register(c); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// Ends of an attempt to send a mail.
const (
	outcomeSent   = "sent"
	outcomeRetry  = "retry"
	outcomeFailed = "failed"
)
