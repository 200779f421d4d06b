package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/prometheus/alertmanager/config"
	"github.com/prometheus/alertmanager/dispatch"
	"github.com/prometheus/alertmanager/pkg/labels"
	"github.com/prometheus/common/model"
)

// alertmanager matches labels, which are texts: a range of ages is a regular expression of its members, and the concerns are
// one text.
type alertmanager struct {
	route    *dispatch.Route
	requests []model.LabelSet
}

func newAlertmanager(rules []rule, requests []request) (engine, error) {
	root := &config.Route{Receiver: "-1"}
	for i, r := range rules {
		var ages []string
		for age := r.low; age <= r.high; age++ {
			ages = append(ages, strconv.Itoa(age))
		}
		route := &config.Route{Receiver: strconv.Itoa(i)}
		for _, m := range []struct {
			kind        labels.MatchType
			name, value string
		}{
			{labels.MatchEqual, "place", r.place},
			{labels.MatchRegexp, "age", strings.Join(ages, "|")},
			{labels.MatchRegexp, "concern", ".*,(?:" + strings.Join(r.concerns, "|") + "),.*"},
		} {
			matcher, err := labels.NewMatcher(m.kind, m.name, m.value)
			if err != nil {
				return nil, err
			}
			route.Matchers = append(route.Matchers, matcher)
		}
		root.Routes = append(root.Routes, route)
	}
	e := &alertmanager{route: dispatch.NewRoute(root, nil)}
	for _, q := range requests {
		e.requests = append(e.requests, model.LabelSet{"place": model.LabelValue(q.place), "age": model.LabelValue(fmt.Sprint(q.age)),
			"concern": model.LabelValue("," + strings.Join(q.concerns, ",") + ",")})
	}
	return e, nil
}

func (e *alertmanager) decide(q int) (int, error) {
	return strconv.Atoi(e.route.Match(e.requests[q])[0].RouteOpts.Receiver)
}
