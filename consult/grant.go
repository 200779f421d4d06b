package consult

import (
	"context"
	"slices"
	"strings"
	"time"
)

// KindGrant is the subject of one [Grant].
const KindGrant SubjectKind = "grant"

// ReasonCode is why somebody opened a request of another pool.
type ReasonCode string

// Reasons.
const (
	// ReasonCover: they stand in for a colleague of the other pool.
	ReasonCover ReasonCode = "cover"
	// ReasonEmergency: somebody is in danger, and nobody of the pool can be reached.
	ReasonEmergency ReasonCode = "emergency"
	// ReasonContact: the client or the sender has turned to them.
	ReasonContact ReasonCode = "contact"
	ReasonOther   ReasonCode = "other"
)

// ReasonCodes are all of them, in the order in which they are offered.
var ReasonCodes = []ReasonCode{ReasonCover, ReasonEmergency, ReasonContact, ReasonOther}

// Grant is the right to see one request of another pool for a while, for a stated reason. The pool's lead is told.
type Grant struct {
	ID      string `json:"id"`
	Request string `json:"request"`
	Ref     string `json:"ref"`
	// Pool had the request when it was opened.
	Pool   string     `json:"pool"`
	Person string     `json:"person"`
	Reason ReasonCode `json:"reason"`
	// Text is the reason in the person's own words.
	Text  string    `json:"text"`
	At    time.Time `json:"at"`
	Until time.Time `json:"until"`
}

// GrantedEvent: a request was opened for a stated reason.
type GrantedEvent struct{ Grant }

// GrantPage is a page of grants, the latest first.
type GrantPage struct {
	Items []Grant
	// Next is what the next page is after, "" at the end.
	Next string
}

// MayOpenWithReason reports whether the actor may open requests of other pools: a specialist of any pool may. Nobody may by
// being an administrator, an auditor or a sender.
func MayOpenWithReason(a Actor) bool { return a.Is(Specialist) && len(a.Memberships) > 0 }

// OpenWithReason lets a specialist see a request of another pool for a limited time. The request is named by its id or by its
// reference. It returns its id, and the grant, nil where the actor sees the request anyway. Errors: [NotFound] for whoever may
// not open any, and where there is no such request, which nobody learns before they have stated a valid reason; [Invalid].
func (s *Service) OpenWithReason(ctx context.Context, a Actor, name string, code ReasonCode, text string) (id string, g *Grant, err error) {
	if !MayOpenWithReason(a) {
		return "", nil, Fail(NotFound, "not-found")
	}
	var f faults
	choice(&f, "/reason", code, ReasonCodes)
	f.text("/text", text, MaxReason, true)
	if err := f.err(); err != nil {
		return "", nil, err
	}
	id = name
	if strings.HasPrefix(name, "S-") {
		if id, err = s.view.RefID(name); err != nil {
			return "", nil, err
		}
	}
	if !ValidID(id) {
		return "", nil, Fail(NotFound, "not-found")
	}
	c, err := s.view.Consultation(id)
	if err != nil {
		return "", nil, err
	}
	if Sees(a, c) {
		return c.ID, nil, nil
	}
	now := s.cfg.Now()
	g = &Grant{
		ID: s.cfg.NewID(), Request: c.ID, Ref: c.Ref, Pool: c.Pool, Person: a.ID, Reason: code, Text: strings.TrimSpace(text),
		At: now, Until: now.Add(s.cfg.Life.Reasoned),
	}
	ev := &GrantedEvent{*g}
	_, err = s.journal.Append(ctx, Entry{
		Envelope: Envelope{Kind: KindGrant, ID: g.ID, Revision: 1, At: now, By: a.ID, Type: ev.Type()}, Event: ev,
	}, 0)
	if err != nil {
		return "", nil, err
	}
	return c.ID, g, nil
}

// granted returns the grant by which an actor may see a request of another pool now, or nil.
func (s *Service) granted(a Actor, request string) (*Grant, error) {
	if !MayOpenWithReason(a) {
		return nil, nil
	}
	g, err := s.view.Grant(a.ID, request)
	switch {
	case KindOf(err) == NotFound:
		return nil, nil
	case err != nil:
		return nil, err
	case !s.cfg.Now().Before(g.Until):
		return nil, nil
	}
	return &g, nil
}

// Granted returns until when an actor sees a request for a stated reason only, or the zero time.
func (s *Service) Granted(a Actor, c *Consultation) time.Time {
	if Sees(a, c) {
		return time.Time{}
	}
	g, err := s.granted(a, c.ID)
	if err != nil || g == nil {
		return time.Time{}
	}
	return g.Until
}

// Grants returns a page of the openings of a pool's requests by others, for its lead: [NotFound] for everybody else.
func (s *Service) Grants(_ context.Context, a Actor, pool, after string, limit int) (GrantPage, error) {
	if !a.Leads(pool) {
		return GrantPage{}, Fail(NotFound, "not-found")
	}
	return s.view.Grants(pool, after, min(max(limit, 1), MaxPage))
}

// GrantNotice is a grant with whom to tell of it.
type GrantNotice struct {
	Grant Grant
	// Tell are ids of people: the pool's lead and, where no mail reaches them, its members, else the administrators.
	Tell []string
}

// GrantsSince returns the grants for requests of some pools since a moment, the earliest first, with whom to tell.
func (s *Service) GrantsSince(pools []string, since time.Time) ([]GrantNotice, error) {
	var notices []GrantNotice
	for _, pool := range pools {
		for after := ""; ; {
			page, err := s.view.Grants(pool, after, MaxPage)
			if err != nil {
				return nil, err
			}
			for _, g := range page.Items {
				if g.At.Before(since) {
					page.Next = ""
					break
				}
				tell, err := s.overseers(pool)
				if err != nil {
					return nil, err
				}
				notices = append(notices, GrantNotice{g, tell})
			}
			if after = page.Next; after == "" {
				break
			}
		}
	}
	slices.SortStableFunc(notices, func(x, y GrantNotice) int { return x.Grant.At.Compare(y.Grant.At) })
	return notices, nil
}

// overseers are whom to tell that somebody from outside has looked at a pool's request.
func (s *Service) overseers(pool string) ([]string, error) {
	now := s.cfg.Now()
	lead, err := s.reach(s.router.Current().Number, pool, []string{"lead"}, now)
	if err != nil {
		return nil, err
	}
	more, err := s.hearing(pool, now, "lead", "members")
	return unique(slices.Concat(lead.People, more)), err
}

// Known returns the id of the request of a reference if the actor sees it already.
func (s *Service) Known(a Actor, ref string) (string, bool) {
	id, err := s.view.RefID(ref)
	if err != nil {
		id = a.ID // It is no request's; to look for one takes as long as for one that is somebody else's.
	}
	if s.Visible(a, id) != nil {
		return "", false
	}
	return id, err == nil
}
