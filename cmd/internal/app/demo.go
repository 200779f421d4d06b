package app

import (
	"bytes"
	"context"
	"fmt"
	"net/url"
	"path/filepath"
	"time"

	"silta/cmd/internal/demo"
	"silta/consult"
	"silta/notify/jobs"
	"silta/notify/mail"
	"silta/ui"
	"silta/ui/session"
)

// demoTick is how often a demo looks whose time is up: nobody wants to wait in one.
var demoTick = jobs.Every(time.Second)

// demoPast is how long before its clock's start a demo got its rules and its people.
const demoPast = demo.Year + 2*24*time.Hour

// fitDemo makes of the configuration that of a demo at the address that is served.
func (a *App) fitDemo() {
	c := a.o.Config
	c.PublicURL = &url.URL{Scheme: "http", Host: a.Addr()}
	c.Jobs["escalation"] = demoTick
	if a.o.RulesYAML == nil {
		a.o.RulesFile, a.o.RulesYAML = demo.RegionFile, demo.Region
	}
	c.Calendars = filepath.Dir(a.o.RulesFile)
}

// seed gives a new data directory its people and, unless it is to be empty, the past before the demo's clock, which
// stands before that. It sets the clock going.
func (a *App) seed(ctx context.Context, keep *mail.Keep) (*ui.Demo, error) {
	s, start := a.store, a.now()
	shown := &ui.Demo{Password: demo.Password}
	if a.o.Config.Mail.SMTP == "" {
		shown.Mails = kept(keep)
	}
	for _, p := range demo.People() {
		shown.People = append(shown.People, p.ID)
	}
	if _, err := s.view.Person(demo.People()[0].ID); consult.KindOf(err) == consult.NotFound {
		people := demo.People()
		if !a.o.Demo.Empty {
			people = append(people, demo.Colleagues()...)
		}
		if err := s.addPeople(ctx, people); err != nil {
			return nil, err
		}
		if !a.o.Demo.Empty {
			if err := s.live(ctx, start.In(s.clock.zone()), !bytes.Equal(a.o.RulesYAML, demo.Region)); err != nil {
				return nil, fmt.Errorf("the demo's past: %w", err)
			}
		}
	} else if err != nil {
		return nil, err
	}
	s.clock.set(start, max(a.o.Demo.Speed, 0))
	return shown, nil
}

func (s *store) addPeople(ctx context.Context, people []consult.Person) error {
	hash, err := session.HashPassword(demo.Password)
	if err != nil {
		return err
	}
	for _, p := range people {
		p.PasswordHash = hash
		if err := s.service.SetPerson(ctx, consult.System, p); err != nil {
			return err
		}
		if _, err := s.service.CreateToken(ctx, consult.System, consult.TokenOrder{Person: p.ID, Secret: demo.TokenOf(p.ID)}); err != nil {
			return err
		}
	}
	return nil
}

// live lets the past before a moment happen, with the escalations that came due in it. It is of the example region: under
// other rules there is a week alone, and what they do not allow is left out.
func (s *store) live(ctx context.Context, now time.Time, otherRules bool) error {
	past := demo.Past
	if otherRules {
		past = demo.Week
	}
	steps, err := past(now)
	if err != nil {
		return err
	}
	for _, step := range steps {
		if err := s.advance(ctx, step.At); err != nil {
			return err
		}
		s.clock.set(step.At, 0)
		if err := step.Do(ctx, s.service); err != nil && !(otherRules && consult.KindOf(err) != consult.Internal) {
			return err
		}
	}
	if err := s.advance(ctx, now); err != nil || otherRules {
		return err
	}
	s.clock.set(now, 0)
	return s.shareDuty(ctx, now)
}

// advance moves the clock to a moment, stopping wherever something comes due for a request.
func (s *store) advance(ctx context.Context, to time.Time) error {
	for {
		due, err := s.view.Due(to, 1)
		if err != nil || len(due) == 0 {
			return err
		}
		s.clock.set(due[0].At, 0)
		if err := s.service.Advance(ctx, due[0].ID, due[0].At); err != nil {
			return err
		}
	}
}

// introduce says where the demo is and whom to sign in as.
func (a *App) introduce(t *telling) {
	fmt.Fprintf(a.o.Stdout, "Silta demo: http://%s\n\nSign in as, each with the password %q:\n", a.Addr(), demo.Password)
	for _, p := range demo.People() {
		fmt.Fprintf(a.o.Stdout, "  %-14s %s%s\n", p.ID, p.Name, a.store.poolsOf(p.ID))
	}
	fmt.Fprintf(a.o.Stdout, "\nAPI token: %s and the name, such as %q\n", demo.TokenOf(""), demo.TokenOf("nurse"))
	if a.o.Config.Mail.SMTP == "" {
		fmt.Fprintf(a.o.Stdout, "Mail:      http://%s/demo/mail\n", a.Addr())
	}
	if address, reader := t.bus.Addr(), a.o.Config.NATS.Reader; address != "" {
		fmt.Fprintf(a.o.Stdout, "Events:    nats://%s:%s@%s, subject silta.event.>\n", reader.User, reader.Password, address)
	}
	fmt.Fprintln(a.o.Stdout, "\nEnd it with Ctrl-C.")
}

func (s *store) poolsOf(person string) string {
	text := ""
	for _, m := range s.memberships(person) {
		text += " · " + m.Pool
		if m.Lead {
			text += " (lead)"
		}
	}
	return text
}
