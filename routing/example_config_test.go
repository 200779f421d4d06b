package routing

import (
	"os"
	"testing"
)

// TestExampleConfiguration: the configuration that people copy has nothing to say about it.
func TestExampleConfiguration(t *testing.T) {
	data, err := os.ReadFile("../config.example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	doc, found := Parse("config.example.yaml", data)
	for _, f := range found {
		t.Error(f)
	}
	if doc == nil {
		t.Fatal("no document")
	}
	if n := len(doc.Tests); n != 20 {
		t.Errorf("%d tests, want 20", n)
	}
	for _, r := range Compile(doc).RunTests() {
		if !r.Passed {
			t.Errorf("%s: got %+v", r.Name, r.Got)
		}
	}
	for _, r := range doc.Rules {
		for _, text := range []map[string]int{{"why": len(r.Why)}} {
			for what, n := range text {
				if n != 3 {
					t.Errorf("%s: %s is not in three languages", r.ID, what)
				}
			}
		}
	}
}
