package mail

import (
	"context"
	"slices"
	"sync"
	"time"
)

// Kept is a mail that was shown instead of sent.
type Kept struct {
	At time.Time
	// ID is the delivery's.
	ID                      string
	To, Subject, Text, HTML string
}

// Keep keeps mails in memory in place of sending them. The zero value keeps the last 1,000.
type Keep struct {
	mu    sync.Mutex
	mails []Kept
}

const maxKept = 1000

// Send keeps the mail.
func (k *Keep) Send(_ context.Context, m Message) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.mails) == maxKept {
		k.mails = slices.Delete(k.mails, 0, 1)
	}
	k.mails = append(k.mails, Kept{ID: m.ID, At: m.At, To: m.To, Subject: m.Subject, Text: m.Text, HTML: m.HTML})
	return nil
}

// List returns the kept mails, the latest first.
func (k *Keep) List() []Kept {
	k.mu.Lock()
	defer k.mu.Unlock()
	list := slices.Clone(k.mails)
	slices.Reverse(list)
	return list
}
