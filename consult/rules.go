package consult

import (
	"context"
	"time"
)

// PublishedRules is one version of the routing rules as it was published.
type PublishedRules struct {
	// Number counts publications from 1.
	Number uint64 `json:"number"`
	// Document is the YAML, as it was written.
	Document string    `json:"document"`
	Comment  string    `json:"comment,omitempty"`
	At       time.Time `json:"at"`
	// By is the id of the person who published it.
	By string `json:"by"`
	// Operator is who ran the command that published it on the server; see [Actor].
	Operator string `json:"operator,omitempty"`
}

// PublishRules makes a document the next version of the routing rules, where expected is the present one (0: there is none).
// Whoever calls it has checked the document. It returns the new version's number. Errors: [Forbidden] for who is no administrator,
// [Invalid] for the comment, [Stale] where another version is the present one.
func (s *Service) PublishRules(ctx context.Context, a Actor, document, comment string, expected uint64) (uint64, error) {
	if !a.Administers() {
		return 0, Fail(Forbidden, "forbidden")
	}
	var f faults
	f.text("/comment", comment, MaxReason, false)
	f.text("/operator", a.Operator, MaxReason, false)
	if err := f.err(); err != nil {
		return 0, err
	}
	err := s.set(ctx, a, KindRules, RulesID, &RulesPublishedEvent{Document: document, Comment: comment, Operator: a.Operator}, expected)
	return expected + 1, err
}
