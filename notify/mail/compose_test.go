package mail_test

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	gomail "github.com/emersion/go-message/mail"

	"silta/consult"
	"silta/consult/consulttest"
	"silta/consult/locale"
	"silta/notify/mail"
)

type pools struct{}

func (pools) PoolName(pool string, l consult.Language) string { return pool + " (" + string(l) + ")" }

const from = "silta@silta.test"

var theComposer = sync.OnceValues(func() (*mail.Composer, error) {
	zone, err := time.LoadLocation("Europe/Helsinki")
	if err != nil {
		return nil, err
	}
	return mail.NewComposer(mail.Options{
		From: from, Tokens: tokens, PublicURL: "https://silta.test/", Zone: func() *time.Location { return zone }, Pools: pools{}, People: people{},
		Organisation: consult.Text{consult.Finnish: "Pirkan sote", consult.Swedish: "Birkalands vård", consult.English: "Pirka county"},
	})
})

// people are two whose names are known.
type people struct{}

func (people) Person(id string) (consult.Person, error) {
	switch id {
	case "childpsych":
		return consult.Person{ID: id, Name: "Leena Lastenpsykiatri", Phone: "040 123 4567"}, nil
	case "childpsych2":
		return consult.Person{ID: id, Name: "Bo <Berg> & Söner"}, nil
	}
	return consult.Person{}, consult.Fail(consult.NotFound, "not-found")
}

func composer(t testing.TB) *mail.Composer {
	t.Helper()
	c, err := theComposer()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func notification() mail.Notification {
	e := consulttest.Submission{
		ID: "01a1ffe7-da12", Number: 42, At: time.Date(2026, 11, 20, 9, 30, 0, 0, time.UTC), AnswerBy: time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC),
		Background: "MARKER",
	}.Entry()
	e.Position = 7
	return mail.Notification{Delivery: "d7-0123456789abcdef", Envelope: e.Envelope, To: "anna@example.org", Language: consult.Finnish}
}

func compose(t testing.TB, n mail.Notification) mail.Message {
	t.Helper()
	m, err := composer(t).Compose(n)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// parse takes a mail apart as a mail program does.
func parse(t testing.TB, raw []byte) (h gomail.Header, parts map[string]string) {
	t.Helper()
	r, err := gomail.CreateReader(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	parts = map[string]string{}
	for {
		p, err := r.NextPart()
		if err == io.EOF {
			return r.Header, parts
		}
		if err != nil {
			t.Fatal(err)
		}
		kind, _, err := p.Header.(*gomail.InlineHeader).ContentType()
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(p.Body)
		if err != nil {
			t.Fatal(err)
		}
		parts[kind] = strings.ReplaceAll(string(body), "\r\n", "\n")
	}
}

func TestMail(t *testing.T) {
	m := compose(t, notification())
	h, parts := parse(t, m.Raw)
	for name, want := range map[string]string{
		"From": `"Silta" <silta@silta.test>`, "To": "<anna@example.org>", "Date": "Fri, 20 Nov 2026 11:30:00 +0200",
		"Message-Id": "<" + tokens.Sign(sent) + "@silta.test>", "In-Reply-To": "<request.01a1ffe7-da12@silta.test>",
		"References": "<request.01a1ffe7-da12@silta.test>", "Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All",
		"Content-Language": "fi",
	} {
		if got := h.Get(name); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
	if kind, _, err := h.ContentType(); kind != "multipart/alternative" || err != nil {
		t.Errorf("%s, %v", kind, err)
	}
	subject, err := h.Subject()
	if err != nil || subject != "S-2026-0042: uusi konsultaatiopyyntö" || subject != m.Subject {
		t.Errorf("subject %q, %v", subject, err)
	}
	if m.ReturnPath != "bounce+"+tokens.Sign(sent)+"@silta.test" {
		t.Errorf("return path %s", m.ReturnPath)
	}
	const text = `Tiimillesi on tullut uusi konsultaatiopyyntö.

Määräaika: vastattava ma 23.11. klo 12 mennessä
Viite: S-2026-0042
Tiimi: child-psychiatry (fi)
Kiireellisyys: Pian

Avaa pyyntö:
https://silta.test/requests/01a1ffe7-da12

-- 
Viestissä ei ole pyynnön sisältöä. Se näkyy Sillassa, kun kirjaudut sisään. Tähän viestiin ei voi vastata.
Pirkan sote
`
	if parts["text/plain"] != text || m.Text != text {
		t.Errorf("text:\n%s", parts["text/plain"])
	}
	html := parts["text/html"]
	for _, want := range []string{
		`<html lang="fi">`, "Tiimillesi on tullut uusi konsultaatiopyyntö.", "vastattava ma 23.11. klo 12 mennessä",
		`<a class="button" href="https://silta.test/requests/01a1ffe7-da12"`, "vastattava ma 23.11. klo 12 mennessä · child-psychiatry (fi)</div>",
	} {
		if !strings.Contains(html, want) {
			t.Errorf("the HTML lacks %s", want)
		}
	}
	for line := range bytes.Lines(m.Raw) {
		if len(line) > 78+2 || !bytes.HasSuffix(line, []byte("\r\n")) {
			t.Errorf("a line of %d bytes: %q", len(line), line)
		}
	}
	again := compose(t, notification())
	boundary := regexp.MustCompile(`[0-9a-f]{60}`)
	if !bytes.Equal(boundary.ReplaceAll(m.Raw, nil), boundary.ReplaceAll(again.Raw, nil)) {
		t.Error("the same notification gave another mail")
	}
}

var events = []consult.EventType{
	consult.TypeSubmitted, consult.TypeClaimed, consult.TypeAssigned, consult.TypeReleased, consult.TypeAsked, consult.TypeReplied,
	consult.TypeAdded, consult.TypeAnswered, consult.TypeFollowedUp, consult.TypeHandedOver, consult.TypeJoined,
	consult.TypeEscalated, consult.TypeWithdrawn, consult.TypeClosed, consult.TypeExpired,
}

// TestEveryMail writes every mail that there can be, and looks for words that are missing or that should not be there.
func TestEveryMail(t *testing.T) {
	for _, l := range consult.Languages {
		seen := map[string]bool{}
		for _, event := range events {
			for _, state := range consult.States {
				for _, u := range consult.Urgencies {
					for _, sender := range []bool{false, true} {
						n := notification()
						n.Language, n.Sender, n.Envelope.Type = l, sender, event
						n.Envelope.Notice.State, n.Envelope.Notice.Urgency = state, u
						if event == consult.TypeEscalated {
							n.Envelope.At = n.Envelope.Notice.AnswerBy
						}
						m := compose(t, n)
						seen[m.Text] = true
						for _, s := range []string{m.Subject, m.Text, m.HTML} {
							if strings.ContainsAny(s, "⟦⟧") || strings.Contains(s, "<no value>") || strings.Contains(s, "MARKER") {
								t.Fatalf("%s %s %s: %s", l, event, state, s)
							}
						}
						if !strings.Contains(m.Subject, "S-2026-0042") {
							t.Errorf("subject %s", m.Subject)
						}
					}
				}
			}
		}
		if len(seen) < len(events)*2*len(consult.Urgencies) {
			t.Errorf("%s: only %d different mails", l, len(seen))
		}
	}
}

// TestEveryReminder is TestEveryMail for reminders, which come in kinds.
func TestEveryReminder(t *testing.T) {
	for _, l := range consult.Languages {
		seen := map[string]bool{}
		for _, kind := range consult.ReminderKinds {
			for _, sender := range []bool{false, true} {
				n := notification()
				n.Language, n.Sender, n.Envelope.Type = l, sender, consult.TypeReminded
				n.Envelope.Notice.Reminder, n.Envelope.Notice.ClaimBy = kind, n.Envelope.At
				if kind == consult.RemindClose {
					n.Envelope.Notice.State, n.Envelope.Notice.ExpiresAt = consult.Answered, n.Envelope.At.AddDate(0, 0, 7)
				}
				m := compose(t, n)
				seen[m.Text] = true
				if strings.ContainsAny(m.Subject+m.Text, "⟦⟧") || strings.Contains(m.Text, "<no value>") {
					t.Errorf("%s %s: %s\n%s", l, kind, m.Subject, m.Text)
				}
			}
		}
		if len(seen) != 2*len(consult.ReminderKinds) {
			t.Errorf("%s: only %d different mails", l, len(seen))
		}
	}
}

func TestDeadlines(t *testing.T) {
	for _, c := range []struct {
		language consult.Language
		sender   bool
		state    consult.State
		late     bool
		want     string
	}{
		{consult.Finnish, false, consult.Submitted, false, "Määräaika: vastattava ma 23.11. klo 12 mennessä"},
		{consult.Finnish, true, consult.Claimed, false, "Määräaika: vastaus viimeistään ma 23.11. klo 12"},
		{consult.Finnish, false, consult.Submitted, true, "Määräaika: vastauksen olisi pitänyt valmistua ma 23.11. klo 12"},
		{consult.Swedish, false, consult.Submitted, false, "Tidsfrist: ska besvaras senast mån 23.11 kl. 12"},
		{consult.English, false, consult.Submitted, false, "Deadline: to be answered by Mon 23 Nov at 12:00"},
		{consult.English, true, consult.Waiting, false, "Deadline: the clock stands still until the sender has given the details"},
		{consult.English, true, consult.Answered, false, ""},
		{consult.OtherLanguage, false, consult.Submitted, false, "Määräaika: vastattava ma 23.11. klo 12 mennessä"},
	} {
		n := notification()
		n.Language, n.Sender, n.Envelope.Notice.State = c.language, c.sender, c.state
		if c.late {
			n.Envelope.At = n.Envelope.Notice.AnswerBy
		}
		got := ""
		for line := range strings.Lines(compose(t, n).Text) {
			if strings.HasPrefix(line, "Määräaika") || strings.HasPrefix(line, "Tidsfrist") || strings.HasPrefix(line, "Deadline") {
				got = strings.TrimSpace(line)
			}
		}
		if got != c.want {
			t.Errorf("%s %s: %q, want %q", c.language, c.state, got, c.want)
		}
	}
}

func TestNotComposed(t *testing.T) {
	for name, change := range map[string]func(*mail.Notification){
		"an id for a header":   func(n *mail.Notification) { n.Delivery = "x\r\nBcc: y" },
		"an id for a link":     func(n *mail.Notification) { n.Envelope.ID = "../admin" },
		"no notice":            func(n *mail.Notification) { n.Envelope.Notice = nil },
		"no address":           func(n *mail.Notification) { n.To = "anna" },
		"an address and more":  func(n *mail.Notification) { n.To = "anna@example.org\r\nBcc: x@example.org" },
		"two addresses":        func(n *mail.Notification) { n.To = "anna@example.org, x@example.org" },
		"a name in an address": func(n *mail.Notification) { n.To = "Anna <anna@example.org>" },
	} {
		n := notification()
		change(&n)
		if m, err := composer(t).Compose(n); err == nil {
			t.Errorf("%s: composed %q", name, m.Raw)
		} else if strings.Contains(err.Error(), "anna") {
			t.Errorf("%s: the error holds the address: %v", name, err)
		}
	}
	for _, o := range []mail.Options{
		{From: "silta", Tokens: tokens, PublicURL: "https://silta.test"},
		{From: "Silta <silta@silta.test>", Tokens: tokens, PublicURL: "https://silta.test"},
		{From: from, Tokens: tokens, PublicURL: "silta.test"}, {From: from, Tokens: tokens, PublicURL: "javascript:alert(1)"},
		{From: from, PublicURL: "https://silta.test"},
	} {
		if _, err := mail.NewComposer(o); err == nil {
			t.Errorf("%+v was taken", o)
		}
	}
}

func TestWords(t *testing.T) {
	catalogue, err := locale.Load(os.DirFS("locale"))
	if err != nil {
		t.Fatal(err)
	}
	faults, err := catalogue.Faults([]string{"mail.short.", "mail.team.", "mail.sender.", "mail.deadline.", "letter."}, os.DirFS("."))
	if err != nil {
		t.Fatal(err)
	}
	for _, fault := range faults {
		t.Error(fault)
	}
	files, err := filepath.Glob("locale/*.yaml")
	if err != nil || len(files) != len(consult.Languages) {
		t.Errorf("%v, %v", files, err)
	}
}

func TestKeep(t *testing.T) {
	var k mail.Keep
	for i := range 1100 {
		m := compose(t, notification())
		m.At = m.At.Add(time.Duration(i) * time.Second)
		if err := k.Send(t.Context(), m); err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			if list := k.List(); len(list) != 1 || list[0].Subject != m.Subject || list[0].Text != m.Text || list[0].HTML != m.HTML || list[0].To != m.To || list[0].ID != m.ID {
				t.Fatalf("%+v", list)
			}
		}
	}
	if list := k.List(); len(list) != 1000 || !list[0].At.After(list[1].At) {
		t.Errorf("%d kept", len(list))
	}
}
