package mail_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"silta/consult"
	"silta/notify/mail"
	"silta/ui/browsertest"
)

// samples are mails of every shape.
func samples() map[string]func(*mail.Notification) {
	letter := func(l consult.Letter) func(*mail.Notification) {
		return func(n *mail.Notification) {
			l.At = n.Envelope.At
			n.Letter = &l
		}
	}
	ref := map[string]consult.LetterValue{"ref": {Text: "S-2026-0042"}}
	return map[string]func(*mail.Notification){
		"new": func(*mail.Notification) {},
		"urgent": func(n *mail.Notification) {
			n.Envelope.Type, n.Envelope.Notice.Urgency, n.Envelope.At = consult.TypeEscalated, consult.Urgent, n.Envelope.Notice.AnswerBy
		},
		"answered": func(n *mail.Notification) {
			n.Sender, n.Envelope.Type, n.Envelope.Notice.State = true, consult.TypeAnswered, consult.Answered
		},
		"unread": letter(consult.Letter{Kind: "unread", Args: ref, Path: "/requests/01a1ffe7-da12", Answer: true}),
		"job": letter(consult.Letter{
			Kind: "job-failed", Args: map[string]consult.LetterValue{"job": {Text: "escalation"}}, Path: "/operations",
			Facts: []consult.LetterFact{{Name: "since", Value: consult.LetterValue{Moment: time.Date(2026, 11, 23, 7, 30, 0, 0, time.UTC)}}},
		}),
	}
}

// TestLook opens mails in a browser, as a phone and a wide screen show them, light and dark: nothing is cut off, and everything can be
// read. With GALLERY set the screenshots are kept in that directory.
func TestLook(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser takes long")
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		change, ok := samples()[r.URL.Query().Get("mail")]
		if !ok {
			http.NotFound(w, r)
			return
		}
		n := notification()
		n.Language = consult.Language(r.URL.Query().Get("language"))
		change(&n)
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, compose(t, n).HTML)
	}))
	defer server.Close()
	tab := browsertest.Start(t).Tab(t)
	gallery := os.Getenv("GALLERY")
	phone := browsertest.Size{Width: 360, Height: 740}
	for name := range samples() {
		for _, l := range consult.Languages {
			for _, v := range []struct {
				name     string
				size     browsertest.Size
				scheme   browsertest.Scheme
				barriers func(*browsertest.Tab) []string
			}{
				{"phone", phone, browsertest.Light, (*browsertest.Tab).Axe}, {"phone-dark", phone, browsertest.Dark, (*browsertest.Tab).AxeColours},
				{"narrow", browsertest.Narrow, browsertest.Light, nil}, {"desktop", browsertest.Desktop, browsertest.Light, nil},
				{"desktop-dark", browsertest.Desktop, browsertest.Dark, nil},
			} {
				tab.View(v.size, v.scheme)
				tab.Go(server.URL + "/?mail=" + name + "&language=" + string(l))
				barriers := tab.Clipped()
				if v.barriers != nil {
					barriers = append(barriers, v.barriers(tab)...)
				}
				for _, barrier := range barriers {
					t.Errorf("%s, %s, %s: %s", name, l, v.name, barrier)
				}
				dark := browsertest.Value[bool](tab, `getComputedStyle(document.body).backgroundColor === "rgb(20, 24, 27)"`)
				if dark != (v.scheme == browsertest.Dark) {
					t.Errorf("%s, %s, %s: dark is %t", name, l, v.name, dark)
				}
				if gallery != "" {
					tab.Screenshot(filepath.Join(gallery, fmt.Sprintf("mail-%s-%s-%s.png", name, l, v.name)))
				}
			}
		}
	}
}
