// Package templates has the pages as typed structs and the components that draw them.
//
// A handler fills a page's struct and renders its View: SignIn{…}.View(), and so on; parts that htmx asks for are further methods
// of the same structs. The structs hold what is shown, already chosen for the reader: names of people and pools are texts
// in the reader's language, codes are those of package consult, times are moments. The components put them into words.
//
// Input names follow the JSON pointers of the API: the field "/client/age" is posted as "client.age", the first
// instrument's score "/instruments/0/score" as "instruments.0.score". Sets are posted as one value each under one name
// ("concerns", "red_flags", "involved", "interlock_confirmed", "identity_confirmed"), yes/no fields as "true" or not at all.
// Errors are found by pointer, see [Errors].
//
// What is behind which address stands in the routes of package ui.
//
// A stream sends "event: queue" when a list or a request is to be drawn again, and "event: announce" with a sentence as its
// data, which is read out, and now and then "event: alive". Every page's links and forms work without script; what is live then stands still.
//
// A form's page that is shown again after a fault is answered with status 422 and the typed values as they came.
package templates

//go:generate go tool templ generate

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"silta/consult"
	"silta/consult/locale"
)

// Page is what every page needs.
type Page struct {
	L *locale.Localizer
	// Now is the moment that deadlines are compared with.
	Now time.Time
	// Path is the page's path and query as they can be opened with GET; the language links keep it. After a POST: the path
	// of the page that the form stands on.
	Path string
	// Person is who is signed in, or nil.
	Person  *Person
	Flashes []Flash
	// At is what the reader goes on with after what they have done, "case-ID" or the like, or "" for the message about it. Parts
	// of pages have none: they would take the focus from where it is.
	At string
	// Once: the page cannot be had again, so it offers no other language, which would be another page.
	Once bool
	// Demo adds the way to the demo's mailbox.
	Demo bool
	Site Site
}

// Person is who is signed in.
type Person struct {
	Name string
	// About is what stands under the name: a profession or a team, in the reader's language.
	About string
	// Sends shows the pages of the basic level, Answers those of a pool's member.
	Sends   bool
	Answers bool
	// Operates shows the page of how the program does.
	Operates bool
	// Rules shows the pages on which the rules are edited.
	Rules bool
	// Administers shows the pages of an administrator.
	Administers bool
	// Finds shows the search by reference, Leads the openings of a lead's requests, Audits the access log.
	Finds, Leads, Audits bool
	// Enrols: nothing answers them before they have set up a second factor, and nothing else is shown.
	Enrols bool
}

// Flash is a message about what was just done, shown once.
type Flash struct {
	// Kind is "ok", "warn" or "danger".
	Kind string
	Text string
}

// at reports whether the page is the one at the path.
func (p Page) at(path string) bool {
	here, _, _ := strings.Cut(p.Path, "?")
	return here == path
}

// below reports whether the page is one of those below a path.
func (p Page) below(path string) bool { return strings.HasPrefix(p.Path, path+"/") }

// offices are the addresses of pages that are visited between the work on requests, and those below them.
var offices = []string{
	"/access", "/account", "/demo/mail", "/figures", "/openings", "/operations", "/people", "/pools", "/retention", "/rules", "/services", "/settings",
}

// style is the page's style sheet. That of the offices has more in it, which no page that sends or answers carries along.
func (p Page) style() string {
	if slices.ContainsFunc(offices, func(path string) bool { return p.at(path) || p.below(path) }) {
		return "office.css"
	}
	return "app.css"
}

// langURL is the present page's address in another language.
func (p Page) langURL(l consult.Language) string {
	here, _, _ := strings.Cut(p.Path, "#")
	path, query, _ := strings.Cut(here, "?")
	// Browsers read a backslash as a slash, and leave out tabs and line ends: any of them could make the path another host's.
	odd := func(r rune) bool { return r == '\\' || r < ' ' }
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsFunc(path, odd) {
		path = "/"
	}
	values, err := url.ParseQuery(query)
	if err != nil {
		values = url.Values{}
	}
	values.Set("lang", string(l))
	return path + "?" + values.Encode()
}

// says reports whether a name tells already what is to be added to it, as where people are called by their work.
func says(name, about string) bool {
	return strings.Contains(strings.ToLower(name), strings.ToLower(about))
}
