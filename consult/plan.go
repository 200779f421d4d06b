package consult

import (
	"slices"
	"time"
)

// The plan is shared by everybody who works on a request: the steps of all answers, and who answers for what.

// PlanRole is a part that somebody has in the plan. Whoever has it need not use the program, so it is given by name.
type PlanRole string

// Roles of the plan: the client's own worker (omatyöntekijä), and who coordinates where many services are involved
// (verkostokoordinaattori).
const (
	ResponsibleWorker  PlanRole = "responsible-worker"
	NetworkCoordinator PlanRole = "network-coordinator"
)

// PlanRoles are all of them.
var PlanRoles = []PlanRole{ResponsibleWorker, NetworkCoordinator}

// DoneStep is a step of the plan that was done.
type DoneStep struct {
	// Step is its place in the plan, from 0.
	Step int       `json:"step"`
	At   time.Time `json:"at"`
	By   string    `json:"by"`
}

// Commands on the plan.
type (
	// StepCommand says that a step was done, or that it was not.
	StepCommand struct {
		Step int
		Done bool
	}
	// WorkerCommand says who has a part in the plan; "" is nobody.
	WorkerCommand struct {
		Role PlanRole
		Name string
	}
)

// Action names what the command does.
func (StepCommand) Action() Action { return MarkStep }

// Action names what the command does.
func (WorkerCommand) Action() Action { return NameWorker }

// Events of the plan.
type (
	// StepSetEvent: a step was done, or is open again.
	StepSetEvent struct {
		Step int  `json:"step"`
		Done bool `json:"done"`
	}
	// WorkerNamedEvent: somebody has a part in the plan.
	WorkerNamedEvent struct {
		Role PlanRole `json:"role"`
		Name string   `json:"name"`
	}
)

// Types of the plan's events.
const (
	TypeStepSet     EventType = "step-set"
	TypeWorkerNamed EventType = "worker-named"
)

// Type names the event.
func (*StepSetEvent) Type() EventType { return TypeStepSet }

// Type names the event.
func (*WorkerNamedEvent) Type() EventType { return TypeWorkerNamed }

func (c *Consultation) mark(cmd StepCommand) (Verdict, error) {
	var f faults
	if cmd.Step < 0 || cmd.Step >= len(c.Plan) {
		f.add("/step", "unknown-value")
	}
	return Verdict{Event: &StepSetEvent{cmd.Step, cmd.Done}}, f.err()
}

func (c *Consultation) name(cmd WorkerCommand) (Verdict, error) {
	var f faults
	choice(&f, "/role", cmd.Role, PlanRoles)
	f.text("/name", cmd.Name, MaxName, false)
	return Verdict{Event: &WorkerNamedEvent{cmd.Role, cmd.Name}}, f.err()
}

// setStep keeps one mark for each step that is done.
func (n *Consultation) setStep(e Envelope, ev *StepSetEvent) {
	n.Done = slices.DeleteFunc(slices.Clone(n.Done), func(d DoneStep) bool { return d.Step == ev.Step })
	if ev.Done {
		n.Done = append(n.Done, DoneStep{Step: ev.Step, At: e.At, By: e.By})
	}
}

// setWorker keeps who has a part.
func (n *Consultation) setWorker(ev *WorkerNamedEvent) {
	workers := map[PlanRole]string{}
	for role, name := range n.Workers {
		workers[role] = name
	}
	if workers[ev.Role] = ev.Name; ev.Name == "" {
		delete(workers, ev.Role)
	}
	n.Workers = workers
}
