// Package locale has the words of the pages in Finnish, Swedish and English.
package locale

import (
	"embed"
	"sync"

	"silta/consult/locale"
)

//go:embed *.yaml
var files embed.FS

// Catalogue returns the pages' messages together with the shared words of package consult/locale. The files are part of
// the program, so an error is a fault of the build, which the tests notice.
var Catalogue = sync.OnceValues(func() (*locale.Catalogue, error) { return locale.Load(files) })
