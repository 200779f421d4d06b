package templates

import (
	"strings"

	"silta/consult"
	"silta/consult/locale"
)

// Site is who runs this installation, as its configuration says.
type Site struct {
	// Name is the organisation's; empty: it is not shown. Feedback is the mail address for remarks on accessibility.
	Name     consult.Text
	Feedback string
	// Emergency is whom to phone instead of writing.
	Emergency []Phone
	// Bases are the words for the legal grounds that the configuration adds.
	Bases map[consult.Basis]consult.Text
}

// Phone is somebody to phone.
type Phone struct {
	Number string
	Name   consult.Text
}

// link is the number as a telephone's address.
func (p Phone) link() string { return "tel:" + strings.ReplaceAll(p.Number, " ", "") }

// basis returns the words for a legal ground.
func (s Site) basis(l *locale.Localizer, b consult.Basis) string {
	if name := l.In(s.Bases[b]); name != "" {
		return name
	}
	return l.Code("basis", string(b))
}

func (p NewRequest) basisOptions() []option {
	options := make([]option, len(p.Bases))
	for i, b := range p.Bases {
		options[i] = option{string(b), p.Site.basis(p.L, b)}
	}
	return options
}
