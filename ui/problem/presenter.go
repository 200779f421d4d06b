package problem

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"log/slog"
	"maps"
	"net/http"
	"strconv"

	"silta/consult"
	"silta/consult/locale"
)

// Presenter tells errors to people and to programs. It is safe for concurrent use.
type Presenter struct {
	catalogue *locale.Catalogue
	speak     map[consult.Language]*locale.Localizer
	name      func(id string) string
	log       *slog.Logger
}

// New makes a presenter. Name returns a person's name by id, or "" for one who does not exist.
func New(c *locale.Catalogue, name func(id string) string, log *slog.Logger) *Presenter {
	p := &Presenter{catalogue: c, speak: map[consult.Language]*locale.Localizer{}, name: name, log: log}
	for _, l := range consult.Languages {
		p.speak[l] = c.For(l, nil)
	}
	return p
}

// Localizer returns who speaks the language that an Accept-Language header asks for.
func (p *Presenter) Localizer(acceptLanguage string) *locale.Localizer {
	return p.speak[p.catalogue.Match(acceptLanguage)]
}

// Known returns the error as one that a person can be told of: itself, or one of kind Internal that has it as its cause. A
// request that its sender gave up is Unavailable.
func Known(err error) *consult.Error {
	if e, ok := errors.AsType[*consult.Error](err); ok {
		return e
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return &consult.Error{Kind: consult.Unavailable, Key: "unavailable", Cause: err}
	}
	return &consult.Error{Kind: consult.Internal, Key: "internal", Cause: err}
}

// Record logs an error that is the program's own fault and returns the id under which it is logged; it returns "" for all
// others, which are nobody's fault but the asker's and would only fill the log.
func (p *Presenter) Record(ctx context.Context, err error) string {
	e := Known(err)
	if e.Kind != consult.Internal {
		return ""
	}
	id := rand.Text()[:12]
	p.log.ErrorContext(ctx, "request failed", "error_id", id, "error", err)
	return id
}

// Sentence returns what a person is told of an error as a whole.
func (p *Presenter) Sentence(l *locale.Localizer, err error) string {
	e := Known(err)
	holder, ok := e.Args["holder"].(string)
	if !ok {
		return l.Error(e)
	}
	args := maps.Clone(e.Args)
	args["holder"] = p.nameOf(holder)
	return l.Message(e.Key, args)
}

func (p *Presenter) nameOf(id string) string {
	if name := p.name(id); name != "" {
		return name
	}
	return id
}

// Problem is an error as RFC 9457 problem details, with members of our own.
type Problem struct {
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail"`
	// ErrorID is what a fault of the program is logged under.
	ErrorID string `json:"error_id,omitempty"`
	// Holder and HolderName say who has the request that could not be claimed.
	Holder     string `json:"holder,omitempty"`
	HolderName string `json:"holder_name,omitempty"`
	// State is the state in which the request does not allow it.
	State string `json:"state,omitempty"`
	// Errors are the faults of an input; at most [MaxFaults].
	Errors []Fault `json:"errors,omitempty"`
}

// MaxFaults is how many faults of one input are told: more than a check of rules finds.
const MaxFaults = 2_100

// typePrefix, with the message key behind it, names a type of problem.
const typePrefix = "urn:silta:problem:"

// Of describes an error in a language. A fault of the program is logged.
func (p *Presenter) Of(ctx context.Context, l *locale.Localizer, err error) Problem {
	e := Known(err)
	code := statusOf(e)
	title := titles[e.Kind]
	if _, own := status.key[e.Key]; own || e.Kind == consult.Stale { // what went stale is another type each time
		title = e.Key
	}
	out := Problem{
		Type: typePrefix + e.Key, Title: l.T(title), Status: code, Detail: p.Sentence(l, e), ErrorID: p.Record(ctx, err),
	}
	if out.ErrorID != "" {
		out.Type, out.Detail = typePrefix+"internal", l.T("internal")
	}
	if holder, ok := e.Args["holder"].(string); ok {
		out.Holder, out.HolderName = holder, p.nameOf(holder)
	}
	if state, ok := e.Args["state"].(consult.State); ok {
		out.State = string(state)
	}
	for _, f := range e.Fields[:min(len(e.Fields), MaxFaults)] {
		out.Errors = append(out.Errors, faultOf(l, f))
	}
	return out
}

// Write answers a request with the problem that an error is, in the language of its Accept-Language.
func (p *Presenter) Write(w http.ResponseWriter, r *http.Request, err error) error {
	l := p.Localizer(r.Header.Get("Accept-Language"))
	out := p.Of(r.Context(), l, err)
	h := w.Header()
	SetRetryAfter(h, err)
	data, err := json.Marshal(out)
	if err != nil {
		return err
	}
	h.Set("Content-Type", "application/problem+json")
	h.Set("Content-Language", string(l.Lang()))
	h.Add("Vary", "Accept-Language")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Length", strconv.Itoa(len(data)))
	h.Del("ETag")
	w.WriteHeader(out.Status)
	_, err = w.Write(data)
	return err
}
