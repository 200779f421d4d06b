package session

import (
	"context"
	"strconv"
	"time"
)

const (
	// owesLasts is how long somebody may take to give their one-time code.
	owesLasts = 5 * time.Minute
	// owesTries is how often they may be wrong about it before they begin anew.
	owesTries = 5
)

// Owe begins a session of somebody whose password was right, and who still has to give a one-time code. Nobody is signed in by it.
func (m *Manager) Owe(ctx context.Context, person, stamp string) error {
	if err := m.SignOut(ctx); err != nil {
		return err
	}
	m.scs.Put(ctx, keyOwes, person)
	m.scs.Put(ctx, keyOwesStamp, stamp)
	m.scs.Put(ctx, keyOwesSince, time.Now().UTC().Format(time.RFC3339))
	return nil
}

// Owing returns who has still to give a one-time code, and the stamp that they had then; "" where nobody does.
func (m *Manager) Owing(ctx context.Context) (person, stamp string) {
	since, err := time.Parse(time.RFC3339, m.scs.GetString(ctx, keyOwesSince))
	if err != nil || time.Since(since) > owesLasts {
		return "", ""
	}
	return m.scs.GetString(ctx, keyOwes), m.scs.GetString(ctx, keyOwesStamp)
}

// Mistaken counts a code that was wrong, and returns whether another one may be tried. If not, nothing is owed any more.
func (m *Manager) Mistaken(ctx context.Context) (bool, error) {
	n, _ := strconv.Atoi(m.scs.GetString(ctx, keyOwesTries)) // Nothing yet is none.
	if n++; n >= owesTries {
		return false, m.SignOut(ctx)
	}
	m.scs.Put(ctx, keyOwesTries, strconv.Itoa(n))
	return true, nil
}
