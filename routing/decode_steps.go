package routing

import (
	"net/mail"
	"slices"
	"strings"

	"silta/consult"
	"silta/routing/worktime"
)

// maxSteps is how many escalation steps a pool can have.
const maxSteps = 50

// Targets of a step, besides persons, pools and addresses.
const (
	toOnCall      = "on-call"
	toLead        = "lead"
	toMembers     = "members"
	toCoordinator = "coordinator"
	personPrefix  = "person:"
	poolPrefix    = "pool:"
)

// Targets are those that have names of their own.
var Targets = []string{toOnCall, toLead, toMembers, toCoordinator}

func (d *decoder) steps(n *node, what string, read func(*node) (Step, bool)) []Step {
	var steps []Step
	for i, item := range d.list(n, what) {
		if i == maxSteps {
			d.bad(item.at, "too-many-values", "key", what, "limit", maxSteps)
			break
		}
		if step, ok := read(item); ok {
			steps = append(steps, step)
		}
	}
	return steps
}

// answerStep reads a step of escalate.
func (d *decoder) answerStep(n *node) (Step, bool) { return d.step(n, "escalate", 100, "bad-share") }

// maxClaimShare is how late a share of the claim time can be, in percent.
const maxClaimShare = 1000

// claimStep reads a step of unclaimed. It tells people: only an escalation hands a request over.
func (d *decoder) claimStep(n *node) (step Step, ok bool) {
	if step, ok = d.step(n, "unclaimed", maxClaimShare, "bad-claim-share"); !ok {
		return step, false
	}
	for i, target := range step.To {
		if strings.HasPrefix(target, poolPrefix) {
			d.bad(step.ToAt[i], "no-hand-over", "value", show(target))
			ok = false
		}
	}
	return step, ok
}

// step reads when a step comes and whom it tells; shares go up to a limit in percent, and badShare is the finding of one that can't be read.
func (d *decoder) step(n *node, what string, limit int, badShare string) (step Step, ok bool) {
	if !d.mapping(n, what, "at", "to") {
		return step, false
	}
	step.At = n.at
	at := d.needs(n, "at")
	if s, read := d.text(at, "at"); read {
		ok = true
		if after, isAfter := strings.CutPrefix(s, "+"); isAfter {
			within, err := worktime.ParseDuration(after)
			if step.After = within; err != nil {
				d.badDuration(at.at, s, err)
				ok = false
			}
		} else {
			share, isShare := strings.CutSuffix(s, "%")
			n, isNumber := wholeNumber(share)
			if step.Percent = n; !isShare || !isNumber || n < 0 || n > limit {
				d.bad(at.at, badShare, "value", show(s))
				ok = false
			}
		}
	}
	to := d.needs(n, "to")
	for _, item := range d.oneOrMore(to, "to") {
		if s, read := d.target(item); read {
			step.To, step.ToAt = append(step.To, s), append(step.ToAt, item.at)
		}
	}
	if to != nil && to.kind == listNode && len(to.items) == 0 {
		d.bad(to.at, "empty-choice", "key", "to")
	}
	return step, ok && len(step.To) > 0
}

func (d *decoder) target(n *node) (string, bool) {
	s, ok := d.text(n, "to")
	if !ok {
		return "", false
	}
	if slices.Contains(Targets, s) {
		return s, true
	}
	if id, is := strings.CutPrefix(s, personPrefix); is {
		if !idPattern.MatchString(id) {
			d.bad(n.at, "bad-id", "key", "person")
			return "", false
		}
		d.doc.persons = append(d.doc.persons, use{name: id, id: d.id, at: n.at})
		return s, true
	}
	if id, is := strings.CutPrefix(s, poolPrefix); is {
		if !consult.ValidID(id) {
			d.bad(n.at, "bad-pool-id", "key", show(id))
			return "", false
		}
		d.pools = append(d.pools, use{name: id, id: d.id, at: n.at})
		return s, true
	}
	if strings.Contains(s, "@") {
		if a, err := mail.ParseAddress(s); err != nil || a.Address != s {
			d.bad(n.at, "bad-address", "value", show(s))
			return "", false
		}
		return s, true
	}
	d.add(n.at, UnknownValue, d.id, "unknown-target", "value", show(s), "nearest", closest{s, Targets})
	return "", false
}
