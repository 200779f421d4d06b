package ui

import (
	"strings"

	"silta/consult"
	"silta/ui/draft"
	"silta/ui/templates"
)

// requestDrafts are the new requests that somebody has begun, the latest first.
func (s *Server) requestDrafts(v *visit) ([]templates.DraftRow, error) {
	drafts, err := s.Drafts.List(v.actor.ID)
	var rows []templates.DraftRow
	for _, d := range drafts {
		if strings.HasPrefix(d.ID, newDraftPrefix) {
			rows = append(rows, requestDraftRow(d))
		}
	}
	return rows, err
}

func requestDraftRow(d draft.Draft) templates.DraftRow {
	typed, r, _ := readRequest(formValues(d.Form))
	row := templates.DraftRow{ID: d.ID, Path: pathNewRequest + "?draft=" + d.ID, Command: typed.Command, SavedAt: d.SavedAt}
	row.Concerns, row.Age, row.Question = r.Concerns, typed.Age, typed.Question
	return row
}

// markDrafts marks the requests on which somebody has begun to write.
func (s *Server) markDrafts(v *visit, groups []templates.Group) error {
	ids, err := s.Drafts.IDs(v.actor.ID)
	if err != nil {
		return err
	}
	begun := map[string]consult.Action{}
	for _, id := range ids {
		// An answer is what matters most, whatever else was begun.
		if action, request, ok := actionOfDraft(id); ok && begun[request] != consult.Answer {
			begun[request] = action
		}
	}
	for _, g := range groups {
		for i := range g.Cases {
			g.Cases[i].Begun = begun[g.Cases[i].ID]
		}
	}
	return nil
}

// drafts are all that somebody has begun, replies and the like included, the latest first. Those on requests that they do not see
// any more are left out.
func (s *Server) drafts(v *visit) ([]templates.DraftRow, error) {
	drafts, err := s.Drafts.List(v.actor.ID)
	if err != nil {
		return nil, err
	}
	var rows []templates.DraftRow
	for _, d := range drafts {
		if strings.HasPrefix(d.ID, newDraftPrefix) {
			rows = append(rows, requestDraftRow(d))
			continue
		}
		action, id, ok := actionOfDraft(d.ID)
		if !ok {
			continue // It stands on a page of its own.
		}
		switch err := s.Service.Visible(v.actor, id); {
		case consult.KindOf(err) == consult.NotFound:
			continue
		case err != nil:
			return nil, err
		}
		f := formValues(d.Form)
		rows = append(rows, templates.DraftRow{
			ID: d.ID, Path: "/requests/" + id, Command: f.line("command"), Action: action, Ref: f.line("ref"), SavedAt: d.SavedAt,
		})
	}
	return rows, nil
}

// actionDrafts adds to a request's page what its reader has begun to write. What cannot be sent any more is shown all the same, so
// that it is not lost.
func (s *Server) actionDrafts(v *visit, con *consult.Consultation, p *templates.RequestPage) error {
	p.Drafts = map[consult.Action]templates.ActionDraft{}
	for _, action := range draftedActions {
		d, found, err := s.Drafts.Find(v.actor.ID, actionDraftID(action, con.ID))
		if err != nil {
			return err
		}
		if !found {
			continue
		}
		kept := templates.ActionDraft{
			Form: readAction(action, formValues(d.Form)), Draft: templates.Draft{ID: d.ID, SavedAt: d.SavedAt, After: d.Page},
		}
		if *offered(&p.Actions, action) {
			p.Drafts[action] = kept
		} else {
			kept.Command = formValues(d.Form).line("command")
			p.Leftover = append(p.Leftover, kept)
		}
	}
	return nil
}

// leftBehind is what the reader has begun to write on a request that they do not see, or "". Their own words are theirs to copy.
func (s *Server) leftBehind(v *visit, id string) string {
	var texts []string
	for _, action := range draftedActions {
		if d, found, err := s.Drafts.Find(v.actor.ID, actionDraftID(action, id)); err == nil && found {
			texts = append(texts, readAction(action, formValues(d.Form)).Written())
		}
	}
	return strings.Join(texts, "\n\n")
}
