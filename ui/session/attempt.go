package session

import "context"

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
