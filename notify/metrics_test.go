package notify

import (
	"slices"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"silta/consult/consulttest"
)

func TestMetrics(t *testing.T) {
	registry := prometheus.NewRegistry()
	m, err := NewMetrics(registry)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := NewMetrics(registry); err == nil {
		t.Error("registered twice")
	}
	gauges := func() map[string]float64 {
		t.Helper()
		families, err := registry.Gather()
		if err != nil {
			t.Fatal(err)
		}
		values := map[string]float64{}
		for _, f := range families {
			values[f.GetName()] = f.GetMetric()[0].GetGauge().GetValue()
		}
		return values
	}
	before := gauges()
	for _, name := range []string{
		"silta_relay_position", "silta_relay_lag", "silta_relay_events_total", "silta_mails_total", "silta_due_overdue", "silta_open_without_due",
	} {
		if _, ok := before[name]; !ok {
			t.Errorf("%s is missing", name)
		}
	}
	s, b := consulttest.Open(t), openBus(t, t.TempDir())
	relay := NewRelay(b, s.Journal, "/silta", Sleep, discard(), m)
	submit(t, s, 4)
	if got := gauges()["silta_relay_lag"]; got != 4 {
		t.Errorf("lag %v", got)
	}
	background(t, relay.Run)
	eventually(t, "the relay follows", func() bool { return relay.Lag() == 0 && relay.Ready() })
	if got := gauges(); !slices.Equal([]float64{got["silta_relay_lag"], got["silta_relay_position"]}, []float64{0, 4}) {
		t.Errorf("lag and position: %v", got)
	}
}
