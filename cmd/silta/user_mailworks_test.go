package main

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"silta/notify/mail/mailtest"
)

// TestMailWorks lets a server refuse a person's address, which is then flagged until somebody says that it works.
func TestMailWorks(t *testing.T) {
	server := mailtest.Start(t, mailtest.Options{NoTLS: true})
	server.Refuse(func(stage, to string) error {
		if stage == "RCPT" {
			return mailtest.Reply(550)
		}
		return nil
	})
	i := install(t)
	i.environ = slices.DeleteFunc(i.environ, func(e string) bool { return strings.HasPrefix(e, "SILTA_MAIL_SMTP=") })
	i.environ = append(i.environ, "SILTA_MAIL_SMTP="+server.Addr)
	stop := i.serve()
	for _, id := range []string{"childpsych", "childpsych2"} {
		i.silta(0, "user", "add", id, "--name", id, "--role", "specialist", "--email", id+"@silta.example")
	}
	i.silta(0, "user", "add", "nurse1", "--name", "Terveydenhoitaja", "--role", "requester", "--profession", "school-nurse", "--municipality", "Ylöjärvi")
	secret := lastField(i.silta(0, "token", "create", "nurse1", "--note", "test"))
	body, err := json.Marshal(anonymous(9))
	if err != nil {
		t.Fatal(err)
	}
	if status := i.call(http.MethodPost, "/api/v1/consultations", secret, string(body)); status != http.StatusCreated {
		t.Fatalf("submit: %d", status)
	}
	const says = "mail does not arrive (5.0.0)"
	await(t, "the addresses are flagged", func() bool { return strings.Count(i.silta(0, "user", "list"), says) == 2 })
	i.silta(1, "user", "mail-works", "nobody")
	i.silta(0, "user", "mail-works", "childpsych")
	// The other one on a stopped server.
	stop()
	if out := i.silta(0, "user", "list"); strings.Count(out, says) != 1 {
		t.Errorf("one is to be left:\n%s", out)
	}
	i.silta(0, "user", "mail-works", "childpsych2")
	if out := i.silta(0, "user", "list"); strings.Contains(out, says) {
		t.Errorf("it is still flagged:\n%s", out)
	}
}
