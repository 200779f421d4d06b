package peers

import (
	"fmt"

	"silta/consult"
	"silta/routing"
)

// loadSilta compiles a document. What is asked for is the whole decision, from the request as it is submitted.
func loadSilta(rules []Rule) (Prepare, error) {
	doc, found := routing.Parse("rules", YAML(rules))
	if doc == nil || routing.HasErrors(found) {
		return nil, fmt.Errorf("%d findings, the first: %s", len(found), found[0].Text)
	}
	compiled := routing.Compile(doc)
	return func(f consult.Facts) Ask {
		return func() (string, error) { return compiled.Decide(f).Rule, nil }
	}, nil
}
