package mailtest

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/emersion/go-message"
	_ "github.com/emersion/go-message/charset"
)

// Text returns a mail's subject and all of its texts, decoded, a line of the subject first.
func Text(tb testing.TB, raw []byte) string {
	tb.Helper()
	m, err := message.Read(bytes.NewReader(raw))
	if err != nil {
		tb.Fatal(err)
	}
	var all strings.Builder
	subject, err := m.Header.Text("Subject")
	if err != nil {
		tb.Fatal(err)
	}
	all.WriteString(subject + "\n")
	err = m.Walk(func(_ []int, part *message.Entity, err error) error {
		if err != nil || part.MultipartReader() != nil {
			return err
		}
		_, err = io.Copy(&all, part.Body)
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
	return strings.ReplaceAll(all.String(), "\r\n", "\n")
}
