package main

import (
	"strings"
	"time"

	"silta/consult"
	"silta/consult/locale"
)

// sentence is an error in words. One that the catalogue has no words for speaks for itself.
func sentence(e *consult.Error) string {
	catalogue, err := locale.Load(nil)
	if err != nil {
		return e.Error()
	}
	l := catalogue.For(consult.English, time.UTC)
	if !l.Has(e.Key) || e.Kind == consult.Internal {
		return e.Error()
	}
	lines := []string{l.Error(e)}
	for _, f := range e.Fields {
		lines = append(lines, strings.TrimPrefix(f.Pointer, "/")+": "+l.Field(f))
	}
	return strings.Join(lines, "\n  ")
}
