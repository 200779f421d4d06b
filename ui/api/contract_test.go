package api_test

import (
	"context"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"bytes"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
	"github.com/labstack/echo/v4"

	"silta/ui/api"
)

// contract holds answers against the description that the server itself gives.
type contract struct {
	doc    *openapi3.T
	router routers.Router
	routes []string
}

func readContract(t testing.TB, e *echo.Echo) *contract {
	t.Helper()
	req, rec := newRequest(t, "GET", "/api/openapi.json")
	e.ServeHTTP(rec, req)
	doc, err := openapi3.NewLoader().LoadFromData(rec.Body.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	// To readers of the description a member more is no surprise; to us it is one that nobody meant to show.
	for _, s := range doc.Components.Schemas {
		closed := false
		if s.Value.AdditionalProperties.Has == nil && s.Value.AdditionalProperties.Schema == nil && s.Value.Properties != nil {
			s.Value.AdditionalProperties.Has = &closed
		}
	}
	c := &contract{doc: doc}
	if c.router, err = gorillamux.NewRouter(doc); err != nil {
		t.Fatal(err)
	}
	for _, r := range e.Routes() {
		if path, ok := strings.CutPrefix(r.Path, api.Base); ok && r.Method != echo.RouteNotFound {
			c.routes = append(c.routes, r.Method+" "+path)
		}
	}
	return c
}

// check holds one answer against the description. What is at no described address is a problem.
func (c *contract) check(t testing.TB, req *http.Request, a answer) {
	t.Helper()
	if a.header.Get("Cache-Control") != "no-store" && !strings.HasPrefix(a.header.Get("Content-Type"), "text/event-stream") {
		t.Errorf("%s %s may be stored", req.Method, req.URL.Path)
	}
	route, params, err := c.router.FindRoute(req)
	if err != nil {
		if got := a.header.Get("Content-Type"); got != "application/problem+json" || a.status != 404 && a.status != 405 {
			t.Errorf("%s %s is not described: got %d, %s", req.Method, req.URL.Path, a.status, got)
		}
		return
	}
	err = openapi3filter.ValidateResponse(context.Background(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: req, PathParams: params, Route: route},
		Status:                 a.status, Header: a.header, Body: io.NopCloser(bytes.NewReader(a.body)),
		Options: &openapi3filter.Options{IncludeResponseStatus: true, MultiError: true},
	})
	if err != nil {
		t.Errorf("%s %s: %d is not as described: %v", req.Method, req.URL.Path, a.status, err)
	}
}

func TestDescription(t *testing.T) {
	s := start(t)
	if err := s.contract.doc.Validate(t.Context()); err != nil {
		t.Error(err)
	}
	var described []string
	for path, item := range s.contract.doc.Paths.Map() {
		for method := range item.Operations() {
			described = append(described, method+" "+path)
		}
	}
	var served []string
	for _, r := range s.contract.routes {
		method, path, _ := strings.Cut(r, " ")
		parts := strings.Split(path, "/")
		for i, p := range parts {
			if name, ok := strings.CutPrefix(p, ":"); ok {
				parts[i] = "{" + name + "}"
			}
		}
		served = append(served, method+" "+strings.Join(parts, "/"))
	}
	slices.Sort(described)
	slices.Sort(served)
	if !slices.Equal(described, served) {
		t.Errorf("described: %q\nserved:    %q", described, served)
	}
	if len(served) < 20 {
		t.Errorf("only %d routes", len(served))
	}
}
