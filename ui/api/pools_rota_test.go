package api_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"silta/consult"
)

// The rota is told to the pool's own people and to administrators, as it is described; to all others the pool has none.
func TestRota(t *testing.T) {
	s := start(t)
	const path = "/api/v1/pools/child/rota"
	if _, err := s.service.Federate(t.Context(), consult.Assertion{
		Login: consult.Login{Provider: "county", Subject: "guest"}, ID: "guest", Name: "Guest", Roles: []consult.Role{consult.Specialist}, Mapped: true,
		Pools: []string{"child"}, Create: true,
	}); err != nil {
		t.Fatal(err)
	}
	begin := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	_, err := s.service.ChangeRota(t.Context(), consult.System, "child", consult.SetOverrideCommand{
		Person: "child2", From: begin, To: begin.Add(24 * time.Hour),
	}, consult.Change{})
	if err != nil {
		t.Fatal(err)
	}
	const window = "?from=2026-11-23T09:00:00Z&to=2026-11-24T08:00:00Z"
	for _, who := range []string{"child1", "admin"} {
		out := s.call(who, "GET", path+window, nil).want(t, 200).json(t)
		shifts, overrides := out["shifts"].([]any), out["overrides"].([]any)
		if len(shifts) != 1 || len(overrides) != 1 || out["version"] != 1.0 || shifts[0].(object)["person"].(object)["id"] != "child2" {
			t.Errorf("%s: %v", who, out)
		}
		var members []string
		for _, m := range out["members"].([]any) {
			provider, _ := m.(object)["provider"].(string)
			members = append(members, fmt.Sprint(m.(object)["person"].(object)["id"], " ", m.(object)["lead"], " ", provider))
		}
		if want := []string{"child1 false ", "child2 true ", "guest false county"}; !slices.Equal(members, want) {
			t.Errorf("%s: members are %q, want %q", who, members, want)
		}
	}
	s.call("child1", "GET", path, nil).want(t, 200)
	s.call("nurse", "GET", path, nil).want(t, 404)
	s.call("admin", "GET", "/api/v1/pools/nothing/rota", nil).want(t, 404)
	for query, want := range map[string]string{
		"?from=x": "/from wrong-type", "?to=2026-11-01T00:00:00Z": "/to too-far", "?to=2030-01-01T00:00:00Z": "/to too-far",
	} {
		if got := s.call("child1", "GET", path+query, nil).want(t, 422).faults(t); len(got) != 1 || got[0] != want {
			t.Errorf("%s: %v, want %s", query, got, want)
		}
	}
}
