package templates

import (
	"time"
	"unicode/utf8"

	"silta/consult"
	"silta/consult/locale"
)

// Draft is a form that is kept on the server as it is typed: its script posts it to /drafts/ID, and is answered with Saved. Without
// script a button does the same, and /drafts/ID/discard forgets it.
type Draft struct {
	Page
	ID string
	// SavedAt is when it was saved; zero: it was not.
	SavedAt time.Time
	// Writer is the page that the form stands on, and After the one that wrote what it holds; with them two pages of one draft are told
	// apart.
	Writer, After string
	// Gone is why nothing that this page holds is saved any more, or "".
	Gone string
}

// The names under which a form says which page it stands on.
const (
	DraftPage  = "draft.page"
	DraftAfter = "draft.after"
)

// draft is the form as it is kept on the server.
func (p NewRequest) draft() Draft {
	d := p.Draft
	d.Page = p.Page
	return d
}

func (d Draft) path() string { return "/drafts/" + d.ID }

// ActionDraft is the form of an action that was begun.
type ActionDraft struct {
	Draft
	Form ActionForm
	// Command is the one under which a form that is not offered any more would have been sent.
	Command string
}

// DraftRow is a draft in a list.
type DraftRow struct {
	ID string
	// Path is where to go on with it.
	Path    string
	Command string
	SavedAt time.Time
	// Action and Ref are those of a draft that belongs to a request. Otherwise it is of a new one, of which the rest is known.
	Action   consult.Action
	Ref      string
	Concerns []consult.Concern
	Age      string
	Question string
}

// title says what a draft is about.
func (r DraftRow) title(l *locale.Localizer) string {
	if r.Action != "" {
		return l.T("action." + string(r.Action))
	}
	if title := (Case{Concerns: r.Concerns}).title(l); title != "" {
		return title
	}
	return l.T("draft.untitled")
}

// about is what else tells drafts apart.
func (r DraftRow) about() string {
	const most = 90
	if r.Action != "" {
		return r.Ref
	}
	if utf8.RuneCountInString(r.Question) > most {
		return string([]rune(r.Question)[:most]) + "…"
	}
	return r.Question
}
