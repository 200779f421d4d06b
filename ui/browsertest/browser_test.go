package browsertest_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"silta/ui/browsertest"
)

// A tab hears what the pages complain of, also those that were left by a click before anybody asked.
func TestFaults(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.Header().Set("Content-Security-Policy", "default-src 'none'; script-src 'nonce-n'")
		switch r.URL.Path {
		case "/refused":
			fmt.Fprint(w, `<!DOCTYPE html><title>a</title><p style="color: red">a</p><a href="/error">b</a>`)
		case "/error":
			fmt.Fprint(w, `<!DOCTYPE html><title>b</title><script nonce="n">console.error("said")</script><a href="/thrown">c</a>`)
		case "/thrown":
			fmt.Fprint(w, `<!DOCTYPE html><title>c</title><script nonce="n">throw new Error("thrown")</script><a href="/end">d</a>`)
		default:
			fmt.Fprint(w, `<!DOCTYPE html><title>end</title>`)
		}
	}))
	t.Cleanup(server.Close)
	tab := browsertest.Start(t).Tab(t)
	tab.Go(server.URL + "/refused")
	for _, next := range []string{"b", "c", "end"} {
		tab.Run(chromedp.Click(chromedp.CSS("a")))
		tab.Until(fmt.Sprintf("document.title === %q", next))
	}
	heard := strings.Join(tab.Faults(), "\n")
	for _, text := range []string{"Content Security Policy", "said", "thrown"} {
		if !strings.Contains(heard, text) {
			t.Errorf("%q was not heard in:\n%s", text, heard)
		}
	}
}
