package routing

import (
	"os"
	"strings"
	"testing"
)

func TestSectionMeansTheSame(t *testing.T) {
	whole, err := os.ReadFile("../config.example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	whole = append([]byte("mail:\n  password: secret\n"), append(whole, "\nlog: {level: info}\n"...)...)
	section, found := Section("whole", whole)
	if len(found) > 0 {
		t.Fatal(found)
	}
	if strings.Contains(string(section), "secret") || strings.Contains(string(section), "log:") {
		t.Fatal("the section holds more than the routing rules")
	}
	doc, findings := Parse("section", section)
	if len(findings) > 0 {
		t.Fatalf("the section alone: %v", findings)
	}
	from, _ := Parse("whole", whole)
	if len(doc.Rules) == 0 || len(doc.Rules) != len(from.Rules) || len(doc.Pools) != len(from.Pools) || len(doc.Tests) != len(from.Tests) {
		t.Errorf("the section has %d rules, %d pools, %d tests, the whole %d, %d, %d", len(doc.Rules), len(doc.Pools), len(doc.Tests),
			len(from.Rules), len(from.Pools), len(from.Tests))
	}
	if again, found := Section("section", section); len(found) > 0 || string(again) != string(section) {
		t.Error("a bare document is not returned as it is")
	}
}

// TestSectionOfWindows: a file whose lines end as on Windows is cut at the right place.
func TestSectionOfWindows(t *testing.T) {
	const whole = "# first\r\nlog: {level: info} # quiet\r\n# second\r\nrouting:\r\n  # third\r\n  otherwise: a\r\nmail: {}\r\n"
	section, found := Section("whole", []byte(whole))
	if len(found) > 0 || string(section) != "# third\notherwise: a\n" {
		t.Errorf("%q %v", section, found)
	}
}
