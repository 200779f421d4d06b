package feeds

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"silta/routing/oncall"
	"silta/routing/oncall/ical"
)

// Bounds of a fetch.
const (
	fetchTimeout = 20 * time.Second
	maxRedirects = 3
)

// What keeps a file from being read.
var (
	errNoDirectory = errors.New("the directory of the calendars cannot be opened")
	errNoFile      = errors.New("there is no such file in the directory of the calendars")
	errNotOpened   = errors.New("the file cannot be opened")
	errBrokeOff    = errors.New("it broke off in the middle")
)

func newClient() *http.Client {
	return &http.Client{
		Timeout: fetchTimeout,
		CheckRedirect: func(next *http.Request, before []*http.Request) error {
			if len(before) > maxRedirects || !oncall.Fetchable(next.URL) {
				return errors.New("it leads elsewhere")
			}
			return nil
		},
	}
}

// answer is what came of a fetch.
type answer struct {
	text           []byte
	etag, modified string
	// unchanged: the last copy still holds.
	unchanged bool
}

// fetch asks for a calendar unless it is as it was. Errors leave the address out.
func (k *Keeper) fetch(ctx context.Context, address *url.URL, last *kept) (a answer, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address.String(), nil)
	if err != nil {
		return a, oncall.ErrNotHTTPS
	}
	req.Header.Set("Accept", "text/calendar")
	req.Header.Set("User-Agent", "Silta")
	if last != nil && last.ETag != "" {
		req.Header.Set("If-None-Match", last.ETag)
	}
	if last != nil && last.Modified != "" {
		req.Header.Set("If-Modified-Since", last.Modified)
	}
	res, err := k.client.Do(req)
	if err != nil {
		if e, ok := errors.AsType[*url.Error](err); ok && e.Timeout() {
			return a, errors.New("the server did not answer in time")
		}
		return a, errors.New("the server cannot be reached, or leads to where calendars are not read from")
	}
	defer res.Body.Close()
	switch {
	case res.StatusCode == http.StatusNotModified && last != nil:
		return answer{unchanged: true}, nil
	case res.StatusCode != http.StatusOK:
		return a, fmt.Errorf("the server answers with %d", res.StatusCode)
	}
	if a.text, err = limited(res.Body); err != nil {
		return a, err
	}
	a.etag, a.modified = header(res.Header.Get("ETag")), header(res.Header.Get("Last-Modified"))
	return a, nil
}

// header keeps a value that is to be sent back if it is of a bearable length.
func header(s string) string {
	if len(s) > 256 || strings.ContainsAny(s, "\r\n") {
		return ""
	}
	return s
}

// limited reads a calendar to its end, or says that it is too large.
func limited(r io.Reader) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(r, ical.MaxSize+1))
	switch {
	case err != nil:
		return nil, errBrokeOff
	case len(text) > ical.MaxSize:
		return nil, &ical.Error{Reason: ical.TooLarge}
	}
	return text, nil
}

// readFile reads a file below a directory, and never one outside it.
func readFile(dir, name string) ([]byte, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, errNoDirectory
	}
	defer root.Close()
	f, err := root.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errNoFile
	}
	if err != nil {
		return nil, errNotOpened
	}
	defer f.Close()
	return limited(f)
}
