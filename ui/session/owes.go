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

// KeepNewCodes keeps the secret of one-time codes until they are confirmed.
func (m *Manager) KeepNewCodes(ctx context.Context, secret string) {
	m.scs.Put(ctx, keyNewCodes, secret)
}

// NewCodes returns that secret, or "".
func (m *Manager) NewCodes(ctx context.Context) string { return m.scs.GetString(ctx, keyNewCodes) }

// ForgetNewCodes forgets it.
func (m *Manager) ForgetNewCodes(ctx context.Context) { m.scs.Remove(ctx, keyNewCodes) }

// keyAttempt is an attempt to sign in at a provider of identities.
const keyAttempt = "attempt"

// KeepAttempt keeps an attempt to sign in at a provider of identities while somebody is there.
func (m *Manager) KeepAttempt(ctx context.Context, attempt string) {
	m.scs.Put(ctx, keyAttempt, attempt)
}

// TakeAttempt returns the attempt that was kept last, or "", and forgets it: it is good once.
func (m *Manager) TakeAttempt(ctx context.Context) string { return m.scs.PopString(ctx, keyAttempt) }

// keyLeft marks a browser on which somebody has signed out who had signed in at a provider of identities.
const keyLeft = "left"

// Leave marks the browser so.
func (m *Manager) Leave(ctx context.Context) { m.scs.Put(ctx, keyLeft, "true") }

// Left reports whether it is marked so.
func (m *Manager) Left(ctx context.Context) bool { return m.scs.GetString(ctx, keyLeft) != "" }
