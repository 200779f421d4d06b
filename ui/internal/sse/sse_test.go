package sse_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"silta/ui/internal/sse"
)

func TestStream(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		s := sse.Start(w)
		defer s.End()
		for _, err := range []error{s.Event(7, "queue", ""), s.Event(0, "", "one\ntwo"), s.Alive(0)} {
			if err != nil {
				t.Error(err)
			}
		}
	}))
	defer server.Close()
	for range 2 { // The connection can be used again.
		res, err := http.Get(server.URL)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(res.Body)
		_ = res.Body.Close()
		want := "id: 7\nevent: queue\ndata: \n\ndata: one\ndata: two\n\n: alive\n\n"
		if err != nil || string(body) != want || res.Header.Get("Content-Type") != "text/event-stream" {
			t.Errorf("%v %q %v", err, body, res.Header)
		}
	}
	if s := sse.Start(httptest.NewRecorder()); s.Alive(0) == nil {
		t.Error("a writer without deadlines is good enough")
	}
}
