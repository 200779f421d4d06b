package main

import (
	"bufio"
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestMainJob is a request's life through the API of the running program: sent, claimed, asked, replied, answered, asked again,
// answered and closed out, and what the others hear of it.
func TestMainJob(t *testing.T) {
	p := startDemo(t, "--empty")
	defer p.stop()
	heard := listen(t, p, "childpsych", "")

	var c sent
	if status := p.call("nurse", http.MethodPost, "/api/v1/consultations", anonymous(9), &c); status != http.StatusCreated {
		t.Fatalf("submit: %d", status)
	}
	if c.Pool != "child-psychiatry" || c.State != "submitted" || c.Rule != "children" || c.Urgency != "soon" || !strings.HasPrefix(c.Ref, "S-") {
		t.Fatalf("submitted: %+v", c)
	}
	path := "/api/v1/consultations/" + c.ID
	do := func(who, action string, body map[string]any, want int, state string) {
		t.Helper()
		var got sent
		if body == nil {
			body = map[string]any{}
		}
		if status := p.call(who, http.MethodPost, path+"/"+action, body, &got); status != want {
			t.Fatalf("%s by %s: %d, want %d: %+v", action, who, status, want, got)
		}
		if want == http.StatusOK && got.State != state {
			t.Errorf("after %s: %s, want %s", action, got.State, state)
		}
	}
	do("youthpsych", "claim", nil, http.StatusNotFound, "")
	do("nurse", "claim", nil, http.StatusForbidden, "")
	do("childpsych", "claim", nil, http.StatusOK, "claimed")
	var taken struct{ Holder string }
	if status := p.call("childpsych2", http.MethodPost, path+"/claim", map[string]any{}, &taken); status != http.StatusConflict || taken.Holder != "childpsych" {
		t.Errorf("a second claim: %d, holder %q; want 409 and who has it", status, taken.Holder)
	}
	do("childpsych", "ask", map[string]any{"text": "Entä uni?"}, http.StatusOK, "waiting")
	do("nurse", "reply", map[string]any{"text": "Nukahtaa myöhään."}, http.StatusOK, "claimed")
	do("childpsych", "answer", map[string]any{"text": "Aloittakaa aamurytmistä.", "disposition": "advice", "minutes": 12,
		"plan": []map[string]any{{"what": "Tapaaminen", "who": "terveydenhoitaja", "due": "2026-12-01"}}}, http.StatusOK, "answered")
	do("nurse", "follow-up", map[string]any{"text": "Ei auttanut."}, http.StatusOK, "claimed")
	do("childpsych", "answer", map[string]any{"text": "Lähetä meille.", "disposition": "referral"}, http.StatusOK, "answered")
	do("nurse", "close", map[string]any{"outcome": "new-advice", "referral": "still-needed", "value_client": 4, "value_me": 5, "text": ""},
		http.StatusOK, "closed")
	do("nurse", "withdraw", map[string]any{"reason": ""}, http.StatusConflict, "")

	want := []string{"submitted", "claimed", "asked", "replied", "answered", "followed-up", "answered", "closed"}
	if got := types(t, heard, len(want)); !slices.Equal(got.types, want) {
		t.Errorf("the specialist heard %v, want %v", got.types, want)
	} else if resumed := types(t, listen(t, p, "childpsych", got.ids[2]), len(want)-3); !slices.Equal(resumed.types, want[3:]) {
		t.Errorf("resumed after the third, heard %v, want %v", resumed.types, want[3:])
	}
	p.call("nurse", http.MethodGet, path, nil, &c)
	var timeline []string
	for _, item := range c.Timeline {
		timeline = append(timeline, item.Type)
	}
	if !slices.Equal(timeline, want) {
		t.Errorf("timeline %v, want %v", timeline, want)
	}
}

// A demo is wholly in its own time: its rules and people were there before its week, and nothing is from later than its clock.
func TestDemoClock(t *testing.T) {
	clock := time.Date(2026, 3, 27, 12, 0, 0, 0, time.UTC)
	p := startDemo(t, "--clock", clock.Format(time.RFC3339), "--speed", "0.001")
	defer p.stop()
	var versions struct{ Items []struct{ At time.Time } }
	p.call("admin", "GET", "/api/v1/routing/versions", nil, &versions)
	if len(versions.Items) != 1 || !versions.Items[0].At.Before(clock.AddDate(0, 0, -7)) {
		t.Errorf("rules: %v", versions.Items)
	}
	var sent struct {
		Items []struct {
			SubmittedAt time.Time `json:"submitted_at"`
		}
	}
	p.call("nurse", "GET", "/api/v1/consultations?box=mine", nil, &sent)
	if len(sent.Items) == 0 {
		t.Error("nothing was sent in the week before")
	}
	for _, item := range sent.Items {
		if item.SubmittedAt.After(clock) || item.SubmittedAt.Before(versions.Items[0].At) {
			t.Errorf("sent at %v", item.SubmittedAt)
		}
	}
}

// TestHandOverAndJoin: another pool takes over, a third joins, the first one loses sight.
func TestHandOverAndJoin(t *testing.T) {
	p := startDemo(t, "--empty")
	defer p.stop()
	var c, after sent
	p.call("nurse", http.MethodPost, "/api/v1/consultations", anonymous(9), &c)
	path := "/api/v1/consultations/" + c.ID
	over := map[string]any{"pool": "youth-psychiatry", "reason": "Sisarus on meillä hoidossa."}
	if status := p.call("childpsych", http.MethodPost, path+"/hand-over", over, &after); status != http.StatusOK && status != http.StatusNotFound {
		t.Fatalf("hand over: %d", status)
	}
	if status := p.call("childpsych", http.MethodGet, path, nil, nil); status != http.StatusNotFound {
		t.Errorf("the pool that handed it over still sees it: %d", status)
	}
	if status := p.call("youthpsych", http.MethodGet, path, nil, &after); status != http.StatusOK || after.Pool != "youth-psychiatry" {
		t.Fatalf("the new pool: %d %+v", status, after)
	}
	join := map[string]any{"pool": "child-protection", "reason": "Asiakkuus on heillä."}
	if status := p.call("youthpsych", http.MethodPost, path+"/join", join, &after); status != http.StatusOK || !slices.Equal(after.Joined, []string{"child-protection"}) {
		t.Fatalf("join: %d %v", status, after.Joined)
	}
	if status := p.call("protection", http.MethodGet, path, nil, nil); status != http.StatusOK {
		t.Errorf("the joined pool does not see it: %d", status)
	}
	if status := p.call("nurse", http.MethodPost, path+"/withdraw", map[string]any{"reason": "Asia ratkesi."}, &after); status != http.StatusOK || after.State != "withdrawn" {
		t.Errorf("withdraw: %d %s", status, after.State)
	}
}

type event struct{ id, kind string }

// listen opens the event stream of a person, after an earlier event if that is not "". When it returns the stream is open.
func listen(t *testing.T, p *process, who, after string) <-chan event {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	t.Cleanup(stop)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.url+"/api/v1/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer demo-"+who)
	if after != "" {
		req.Header.Set("Last-Event-ID", after)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	if res.StatusCode != http.StatusOK {
		t.Fatalf("events: %d", res.StatusCode)
	}
	events := make(chan event, 100)
	go func() {
		defer res.Body.Close()
		defer close(events)
		id := ""
		lines := bufio.NewScanner(res.Body)
		for lines.Scan() {
			if v, ok := strings.CutPrefix(lines.Text(), "id: "); ok {
				id = v
			}
			if v, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
				events <- event{kind: v}
			}
			if strings.HasPrefix(lines.Text(), "data: ") {
				events <- event{id: id}
			}
		}
	}()
	return events
}

type told struct{ types, ids []string }

// types takes n events from a stream.
func types(t *testing.T, events <-chan event, n int) (got told) {
	t.Helper()
	deadline := time.After(30 * time.Second)
	for len(got.ids) < n {
		select {
		case e, ok := <-events:
			switch {
			case !ok:
				t.Fatalf("the stream ended after %v", got.types)
			case e.kind != "":
				got.types = append(got.types, e.kind)
			default:
				got.ids = append(got.ids, e.id)
			}
		case <-deadline:
			t.Fatalf("heard %v, waited for %d", got.types, n)
		}
	}
	return got
}
