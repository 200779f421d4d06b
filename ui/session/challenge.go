package session

import (
	"context"
	"encoding/json"
	"time"
)

const (
	keyChallenges = "challenges"
	// mostChallenges is how many questions a browser can have open: it may have opened the same page in several tabs.
	mostChallenges = 5
)

// challenge is a question to a browser that was not answered yet.
type challenge struct {
	Name  string    `json:"name"`
	Kept  string    `json:"kept"`
	Until time.Time `json:"until"`
}

// KeepChallenge keeps what belongs to a question to this browser until it is answered, for a time.
func (m *Manager) KeepChallenge(ctx context.Context, name, kept string, lasts time.Duration) {
	list := append(m.challenges(ctx), challenge{name, kept, time.Now().Add(lasts).UTC()})
	m.putChallenges(ctx, list[max(0, len(list)-mostChallenges):])
}

// TakeChallenge returns what was kept of a question, or "" for one that was not asked of this browser, was answered before, or is too
// long ago.
func (m *Manager) TakeChallenge(ctx context.Context, name string) string {
	list := m.challenges(ctx)
	for i, c := range list {
		if c.Name != name {
			continue
		}
		m.putChallenges(ctx, append(list[:i:i], list[i+1:]...))
		if time.Now().Before(c.Until) {
			return c.Kept
		}
	}
	return ""
}

func (m *Manager) challenges(ctx context.Context) (list []challenge) {
	if s := m.scs.GetString(ctx, keyChallenges); s != "" {
		_ = json.Unmarshal([]byte(s), &list) // Written by putChallenges; what is unreadable was never asked.
	}
	return list
}

func (m *Manager) putChallenges(ctx context.Context, list []challenge) {
	data, err := json.Marshal(list)
	if err == nil {
		m.scs.Put(ctx, keyChallenges, string(data))
	}
}
