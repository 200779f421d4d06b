package api

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"silta/consult"
)

const mimeYAML = "application/yaml"

type versionsOutput struct {
	Items []versionOutput `json:"items"`
}

type versionOutput struct {
	rulesOutput
	At string `json:"at"`
	By string `json:"by"`
	// Operator is who ran a command on the server that published it.
	Operator string `json:"operator,omitempty"`
	Comment  string `json:"comment"`
	// Document is left out in lists.
	Document string `json:"document,omitempty"`
}

func (a *API) versionOf(p consult.PublishedRules) versionOutput {
	sum := sha256.Sum256([]byte(p.Document))
	return versionOutput{
		rulesOutput: rulesOutput{p.Number, hex.EncodeToString(sum[:])}, At: stamp(p.At, a.zone()), By: p.By, Operator: p.Operator, Comment: p.Comment,
	}
}

// maySeeRules says who reads the document: it names people and the addresses of their calendars.
func maySeeRules(who consult.Actor) error {
	if who.Is(consult.Admin) || who.Is(consult.Auditor) {
		return nil
	}
	return consult.Fail(consult.Forbidden, "forbidden")
}

// routing shows the document in force as YAML.
func (a *API) routing(c echo.Context, who consult.Actor) error {
	if err := maySeeRules(who); err != nil {
		return err
	}
	v, err := a.with.History.Rules(a.with.Rules.Current().Number)
	if err != nil {
		return err
	}
	c.Response().Header().Set(headerETag, etag(v.Number))
	return sendBytes(c, http.StatusOK, mimeYAML, []byte(v.Document))
}

// versions lists who published what and when, the newest first.
func (a *API) versions(c echo.Context, who consult.Actor) error {
	if err := maySeeRules(who); err != nil {
		return err
	}
	all, err := a.with.History.RulesVersions()
	if err != nil {
		return err
	}
	var out versionsOutput
	for _, v := range slices.Backward(all) {
		out.Items = append(out.Items, a.versionOf(v))
	}
	return send(c, http.StatusOK, out)
}

// number reads the number of a version; what is none does not exist.
func number(text string) (uint64, error) {
	n, err := strconv.ParseUint(text, 10, 63)
	if err != nil || n == 0 {
		return 0, consult.Fail(consult.NotFound, "not-found")
	}
	return n, nil
}

// version shows one publication with its document.
func (a *API) version(c echo.Context, who consult.Actor) error {
	if err := maySeeRules(who); err != nil {
		return err
	}
	number, err := number(c.Param("number"))
	if err != nil {
		return err
	}
	v, err := a.with.History.Rules(number)
	if err != nil {
		return err
	}
	out := a.versionOf(v)
	out.Document = v.Document
	c.Response().Header().Set(headerETag, etag(v.Number))
	return send(c, http.StatusOK, out)
}
