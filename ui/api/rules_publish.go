package api

import (
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"silta/consult"
	"silta/routing"
	"silta/ui/problem"
)

// headerComment says why rules are published. It is no part of the address, which would be logged on the way.
const headerComment = "X-Comment"

// documentTypes are the types under which a document is sent. The last one is what curl names if it is not told any.
var documentTypes = []string{
	mimeYAML, "application/x-yaml", "text/yaml", "text/x-yaml", "text/plain",
	echo.MIMEApplicationJSON, echo.MIMEOctetStream, echo.MIMEApplicationForm,
}

// publishedOutput is the new version, with the warnings about it.
type publishedOutput struct {
	rulesOutput
	Findings []problem.Fault `json:"findings"`
}

// publish makes the document in the body the rules in force.
func (a *API) publish(c echo.Context, who consult.Actor) error {
	if !who.Administers() {
		return consult.Fail(consult.Forbidden, "forbidden")
	}
	d, err := draft(c)
	if err != nil {
		return err
	}
	if d.Data, err = document(c); err != nil {
		return err
	}
	return a.putInForce(c, who, d)
}

// restore makes the document of an old version the rules in force again, as a new version.
func (a *API) restore(c echo.Context, who consult.Actor) error {
	if !who.Administers() {
		return consult.Fail(consult.Forbidden, "forbidden")
	}
	d, err := draft(c)
	if err != nil {
		return err
	}
	if d.Restore, err = number(c.Param("number")); err != nil {
		return err
	}
	return a.putInForce(c, who, d)
}

// draft reads what the headers say of a publication.
func draft(c echo.Context) (routing.Draft, error) {
	d := routing.Draft{File: "routing"}
	var given bool
	var err error
	if d.Expected, given, err = matched(c); err != nil {
		return d, err
	}
	if !given {
		return d, problem.NoIfMatch()
	}
	d.Comment, err = comment(c)
	return d, err
}

func (a *API) putInForce(c echo.Context, who consult.Actor, d routing.Draft) error {
	done, err := a.with.Publisher.Publish(c.Request().Context(), who, d)
	if err != nil {
		return err
	}
	v, err := a.with.History.Rules(done.Version)
	if err != nil {
		return err
	}
	out := publishedOutput{rulesOutput: a.versionOf(v).rulesOutput}
	out.Findings = a.findings(c, done.Findings)
	c.Response().Header().Set(headerETag, etag(done.Version))
	return send(c, http.StatusOK, out)
}

// findings tells findings in the language of the request.
func (a *API) findings(c echo.Context, list []routing.Finding) []problem.Fault {
	l := a.with.Problems.Localizer(c.Request().Header.Get("Accept-Language"))
	out := make([]problem.Fault, len(list))
	for i, f := range list {
		out[i] = problem.FindingFault(l, f)
	}
	return out
}

// document reads the body. One byte over the limit is read, so that the check can say that it is too long.
func document(c echo.Context) ([]byte, error) {
	r := c.Request()
	if r.Header.Get(echo.HeaderContentEncoding) != "" {
		return nil, problem.MediaType()
	}
	if content := r.Header.Get(echo.HeaderContentType); content != "" {
		kind, params, err := mime.ParseMediaType(content)
		charset, ok := params["charset"]
		if err != nil || !slices.Contains(documentTypes, kind) || ok && !strings.EqualFold(charset, "utf-8") {
			return nil, problem.MediaType()
		}
	}
	data, err := io.ReadAll(io.LimitReader(r.Body, routing.MaxDocument+1))
	if err != nil {
		return nil, unreadable()
	}
	if len(data) > routing.MaxDocument {
		_, _ = io.CopyN(io.Discard, r.Body, maxDrain)
	}
	return data, nil
}

// comment reads the comment: text as it is, or as RFC 8187 encodes it, behind the name of the character set and two apostrophes, which every
// client can send.
func comment(c echo.Context) (string, error) {
	values := c.Request().Header.Values(headerComment)
	if len(values) == 0 {
		return "", nil
	}
	const prefix = "utf-8''"
	text := values[0]
	if len(text) >= len(prefix) && strings.EqualFold(text[:len(prefix)], prefix) {
		var err error
		if text, err = url.PathUnescape(text[len(prefix):]); err != nil {
			return "", badHeader(headerComment)
		}
	}
	if len(values) > 1 || !utf8.ValidString(text) || utf8.RuneCountInString(text) > consult.MaxReason {
		return "", badHeader(headerComment)
	}
	return strings.TrimSpace(text), nil
}
