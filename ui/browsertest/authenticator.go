package browsertest

import (
	"context"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"
)

// Authenticator keeps the passkeys of a tab, as a phone does, without asking for a finger.
type Authenticator struct {
	tab *Tab
	id  webauthn.AuthenticatorID
}

// Authenticator gives the tab an empty authenticator.
func (tab *Tab) Authenticator() *Authenticator {
	tab.t.Helper()
	a := &Authenticator{tab: tab}
	a.do(func(ctx context.Context, target *chromedp.Target) error {
		if _, err := cdp.Call(ctx, target, webauthn.Enable, webauthn.EnableParams{}); err != nil {
			return err
		}
		made, err := cdp.Call(ctx, target, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{
			Options: &webauthn.VirtualAuthenticatorOptions{
				Protocol: webauthn.AuthenticatorProtocolCtap2, Ctap2version: webauthn.Ctap2versionCtap21,
				Transport: webauthn.AuthenticatorTransportInternal, HasResidentKey: true, HasUserVerification: true,
				AutomaticPresenceSimulation: true, IsUserVerified: true, DefaultBackupEligibility: true, DefaultBackupState: true,
			},
		})
		a.id = made.AuthenticatorID
		return err
	})
	return a
}

// Touch says whether somebody touches it whenever it asks for that.
func (a *Authenticator) Touch(on bool) {
	a.tab.t.Helper()
	a.do(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, webauthn.SetAutomaticPresenceSimulation, webauthn.SetAutomaticPresenceSimulationParams{AuthenticatorID: a.id, Enabled: on})
		return err
	})
}

// Know says whether it knows who touches it.
func (a *Authenticator) Know(on bool) {
	a.tab.t.Helper()
	a.do(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, webauthn.SetUserVerified, webauthn.SetUserVerifiedParams{AuthenticatorID: a.id, IsUserVerified: on})
		return err
	})
}

// Passkeys returns what it keeps.
func (a *Authenticator) Passkeys() (list []*webauthn.Credential) {
	a.tab.t.Helper()
	a.do(func(ctx context.Context, target *chromedp.Target) error {
		kept, err := cdp.Call(ctx, target, webauthn.GetCredentials, webauthn.GetCredentialsParams{AuthenticatorID: a.id})
		list = kept.Credentials
		return err
	})
	return list
}

func (a *Authenticator) do(f func(context.Context, *chromedp.Target) error) {
	a.tab.t.Helper()
	a.tab.Run(chromedp.Func(f))
}
