package templates

// SignIn is the page for signing in. It posts "name", "password" and "next" to /sign-in, or "passkey" and "next" to /sign-in/passkey.
type SignIn struct {
	Page
	// Name is what was typed as the name.
	Name string
	// Tried: a password was tried, and it is likely to be what was wrong.
	Tried bool
	// Next is the path to go on to.
	Next string
	// Problem is what went wrong, or "". It does not say which of the two was wrong.
	Problem string
	// Lapsed: the visitor's session has ended by itself.
	Lapsed bool
	// People are the demo's; with them the page offers to sign in by one click.
	People []DemoPerson
	// Password is the one that all of them have.
	Password string
	// Providers are where one can sign in as well.
	Providers []SignInProvider
	// Passkeys: one can sign in by a passkey.
	Passkeys bool
	// Kept is what was being sent when the session was found to be over. It is posted again with the sign-in.
	Kept []Kept
}

// SignInProvider is a provider of identities and where its sign-in begins.
type SignInProvider struct{ Name, Path string }

// Kept is a field of a form that could not be taken yet.
type Kept struct{ Name, Value string }

// DemoPerson is somebody to sign in as in the demo.
type DemoPerson struct {
	ID   string
	Name string
	// About is a profession and place, or a team, in the reader's language.
	About string
}
