package ui

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"silta/consult"
	"silta/routing"
	"silta/ui/problem"
	"silta/ui/static"
)

const (
	// maxBody is the most that a form sends, in bytes: three times the longest texts in their widest encoding.
	maxBody = 512 << 10
	// maxDocument is the most that a form with a document of rules sends, in bytes: the document in its widest encoding, and
	// what stands beside it.
	maxDocument = 3*routing.MaxDocument + 64<<10
	// maxDrain is how much of more than that is read to no purpose, in bytes.
	maxDrain = 8 << 20
	// minGzip is the least size, in bytes, that is worth compressing.
	minGzip = 1024
	// apiBase is the path below which everything is the API's.
	apiBase = "/api"
)

// use sets up what every request goes through, in order.
func (s *Server) use() {
	s.echo.Use(s.record, s.recover, s.headers, s.host, s.limitAddress, s.limitBody, s.sameOrigin)
	s.echo.Use(middleware.GzipWithConfig(middleware.GzipConfig{
		MinLength: minGzip,
		Skipper: func(c echo.Context) bool {
			// Files are compressed beforehand; a stream has to arrive at once.
			return s.routeOf(c).stream || isFile(c) || isAPI(c)
		},
	}))
	s.echo.Use(s.sessions.Middleware(
		func(c echo.Context) bool { return s.routeOf(c).background || isFile(c) },
		func(c echo.Context, err error) { s.problems.Record(c.Request().Context(), err) },
	))
	s.echo.Use(s.identify, s.limitPerson)
}

func isFile(c echo.Context) bool { return strings.HasPrefix(c.Path(), static.Prefix) }

func isAPI(c echo.Context) bool {
	path := c.Request().URL.Path
	return path == apiBase || strings.HasPrefix(path, apiBase+"/")
}

// record gives the request an id, and logs and measures it when it is done. The address itself is not logged: it holds ids.
func (s *Server) record(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		began := time.Now()
		id := rand.Text()[:16]
		c.Response().Header().Set(echo.HeaderXRequestID, id)
		c.Set(keyVisit, &visit{})
		if err := next(c); err != nil {
			c.Error(err)
		}
		took := time.Since(began)
		pattern := c.Path()
		if pattern == "" || c.Response().Status == http.StatusNotFound && strings.HasSuffix(pattern, "*") {
			pattern = "unknown"
		}
		if !s.routeOf(c).stream {
			s.metrics.observe(c.Request().Method, pattern, c.Response().Status, took)
		}
		attrs := []slog.Attr{
			slog.String("method", known(c.Request().Method)), slog.String("route", pattern), slog.Int("status", c.Response().Status),
			slog.Duration("took", took), slog.String("request", id),
		}
		switch v := who(c); {
		case v.caller.Token != nil:
			attrs = append(attrs, slog.String("person", v.caller.ID), slog.String("token", v.caller.Token.Short()))
		case v.signedIn:
			attrs = append(attrs, slog.String("person", v.actor.ID))
		}
		level := slog.LevelInfo
		if s.routeOf(c).watch || isFile(c) {
			level = slog.LevelDebug
		}
		s.Log.LogAttrs(c.Request().Context(), level, "request", attrs...)
		return nil
	}
}

// known keeps methods that somebody made up out of logs and metrics.
func known(method string) string {
	switch method {
	case get, post, http.MethodHead, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return method
	}
	return "other"
}

// recover turns a panic into an error. Of the value, which may hold anything, only the type is told, and what the runtime says.
func (s *Server) recover(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) (err error) {
		defer func() {
			switch v := recover().(type) {
			case nil:
			case runtime.Error:
				err = fmt.Errorf("panic: %w\n%s", v, debug.Stack())
			default:
				if v == http.ErrAbortHandler {
					panic(v)
				}
				err = fmt.Errorf("panic: %T\n%s", v, debug.Stack())
			}
		}()
		return next(c)
	}
}

// policy is the Content-Security-Policy of pages.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'; frame-src 'self'"

func (s *Server) headers(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		h := c.Response().Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Permissions-Policy", "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		if s.secure() {
			h.Set("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
		}
		h.Set("Cache-Control", "no-store") // Files say otherwise of themselves, where there is one.
		return next(c)
	}
}

// host refuses names under which the site is not to be called: a page of another site could otherwise make its own name mean
// this server.
func (s *Server) host(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if !s.routeOf(c).watch && !s.called(c.Request().Host) {
			return c.String(http.StatusMisdirectedRequest, "This server is not known by that name.\n")
		}
		return next(c)
	}
}

func (s *Server) limitBody(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if r := c.Request(); !isAPI(c) && r.Body != nil {
			limit := int64(maxBody)
			if s.routeOf(c).large {
				limit = maxDocument
			}
			if r.ContentLength > limit {
				// A browser that is not let finish shows a broken connection in place of the answer.
				_, _ = io.CopyN(io.Discard, r.Body, maxDrain)
				return problem.TooLarge()
			}
			r.Body = http.MaxBytesReader(c.Response(), r.Body, limit)
		}
		return next(c)
	}
}

// sameOrigin refuses what a page of another site makes a browser send.
func (s *Server) sameOrigin(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if err := s.cross.Check(c.Request()); err != nil {
			return &consult.Error{Kind: consult.Forbidden, Key: "forbidden", Cause: err}
		}
		return next(c)
	}
}

// form reads the form that was posted. Only what browsers send for a form without files is one.
func form(c echo.Context) (formValues, error) {
	if err := c.Request().ParseForm(); err != nil {
		if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
			return nil, problem.TooLarge()
		}
		return nil, consult.Fail(consult.Invalid, "invalid")
	}
	return formValues(c.Request().PostForm), nil
}
