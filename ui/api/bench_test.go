package api

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"silta/consult"
	"silta/consult/locale"
	"silta/routing"
	"silta/routing/oncall"
	"silta/ui/problem"
)

// still is a service that takes no time: what is left is the API's own cost.
type still struct {
	Service
	con *consult.Consultation
}

func (s still) ActorByToken(string) (consult.Actor, error) { return consult.Actor{}, nil }

func (s still) Submit(_ context.Context, _ consult.Actor, r consult.Request, _ string) (*consult.Consultation, bool, error) {
	c := *s.con
	c.Request = r
	return &c, false, nil
}

// nowhere throws an answer away.
type nowhere struct {
	header http.Header
	status int
}

func (n *nowhere) Header() http.Header         { return n.header }
func (n *nowhere) Write(p []byte) (int, error) { return len(p), nil }
func (n *nowhere) WriteHeader(status int)      { n.status = status }

// BenchmarkSubmit is the cost of a submission in this package: sign-in, decoding and encoding, without the service behind it.
func BenchmarkSubmit(b *testing.B) {
	catalogue, err := locale.Load(nil)
	if err != nil {
		b.Fatal(err)
	}
	at := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	con := &consult.Consultation{
		ID: "01997c6e-0000-7000-8000-000000000000", Ref: "S-2026-0042", Revision: 1, State: consult.Submitted,
		Pool: "child", Rule: "children", Joined: []string{}, SubmittedAt: at, ClaimBy: at, AnswerBy: at, Urgency: consult.Soon,
		Why:      consult.Text{"fi": "Alle 13-vuotiaat", "sv": "Under 13 år", "en": "Under 13"},
		Timeline: []consult.TimelineItem{{At: at, By: "nurse", Event: &consult.SubmittedEvent{OnCall: []string{"child1"}}}},
	}
	name := func(string) string { return "" }
	e := echo.New()
	New(Options{
		Service: still{con: con}, Rules: routing.NewBook(nil, oncall.Known{}), Name: name,
		Problems: problem.New(catalogue, name, slog.New(slog.DiscardHandler)),
	}).Register(e)
	const body = `{"client": {"age": 9, "pregnant": false, "municipality": "Tampere", "language": "fi"},
 "concerns": ["mood", "school-absence"], "red_flags": [], "urgency": "soon", "mode": "written", "involved": ["school-support"],
 "background": "Some weeks of low mood, and days away from school.", "tried": "Talks with the school nurse.", "question": "What next?",
 "instruments": [{"name": "SDQ", "score": 17, "date": "2026-11-02"}], "interlock_confirmed": [], "identity_confirmed": []}`
	b.ReportAllocs()
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		req, err := http.NewRequest("POST", "/api/v1/consultations", io.NopCloser(strings.NewReader(body)))
		if err != nil {
			b.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Authorization", "Bearer token")
		w := nowhere{header: http.Header{}}
		if e.ServeHTTP(&w, req); w.status != 201 {
			b.Fatalf("got %d", w.status)
		}
	}
}
