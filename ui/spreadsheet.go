package ui

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"
)

// spreadsheet is an answer of rows that spreadsheets open as they are: CSV in UTF-8 that says so, in which no cell is a formula.
// Cells are parted by semicolons, as machines of Finland have it in each of the three languages: their comma is the decimal one.
type spreadsheet struct{ *csv.Writer }

// newSpreadsheet begins the answer.
func newSpreadsheet(c echo.Context, file string) (spreadsheet, error) {
	h := c.Response().Header()
	h.Set(echo.HeaderContentType, "text/csv; charset=utf-8")
	h.Set(echo.HeaderContentDisposition, fmt.Sprintf("attachment; filename=%q", file))
	c.Response().WriteHeader(http.StatusOK)
	_, err := c.Response().Write([]byte("\ufeff"))
	w := csv.NewWriter(c.Response())
	w.Comma = ';'
	return spreadsheet{w}, err
}

// row writes one row. What somebody is called may begin as a formula does.
func (s spreadsheet) row(cells ...string) error {
	for i, cell := range cells {
		if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
			cells[i] = "'" + cell
		}
	}
	return s.Write(cells)
}

// end writes out what is left.
func (s spreadsheet) end() error {
	s.Flush()
	return s.Error()
}
