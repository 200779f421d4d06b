package config

import (
	"testing"
	"testing/fstest"

	"silta/consult"
	"silta/consult/locale"
)

// TestJobsHaveWords: each job has a name for the operations page, and says what it means when it fails.
func TestJobsHaveWords(t *testing.T) {
	none := fstest.MapFS{}
	for _, l := range consult.Languages {
		none[string(l)+".yaml"] = &fstest.MapFile{Data: []byte("none: none")}
	}
	c, err := locale.Load(none)
	if err != nil {
		t.Fatal(err)
	}
	jobs := Default().Jobs
	if len(jobs) != len(jobDefaults) {
		t.Errorf("%d jobs of %d have names of their own", len(jobs), len(jobDefaults))
	}
	for name := range jobs {
		for _, l := range consult.Languages {
			for _, key := range []string{"job." + name, "job-means." + name} {
				if !c.For(l, nil).Has(key) {
					t.Errorf("%s: there is no %s", l, key)
				}
			}
		}
	}
}
