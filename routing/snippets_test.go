package routing

import (
	"testing"

	"silta/consult"
)

func TestSnippetsAreRead(t *testing.T) {
	const rules = `
municipalities: [Nokia]
otherwise: a
pools:
  a:
    members: [anna]
    snippets:
      - title: {fi: Uni, sv: Sömn}
        text:
          fi: |
            Nukkumaan aina samaan aikaan.

            Ruudut pois tuntia ennen.
`
	doc, _ := Examine("routing.yaml", []byte(rules), World{Now: now})
	if doc == nil || len(doc.Pools) != 1 || len(doc.Pools[0].Snippets) != 1 {
		t.Fatalf("read: %+v", doc)
	}
	s := doc.Pools[0].Snippets[0]
	if s.Title[consult.Swedish] != "Sömn" || s.Text.In(consult.Swedish) != "Nukkumaan aina samaan aikaan.\n\nRuudut pois tuntia ennen.\n" {
		t.Errorf("read: %+v", s)
	}
}
