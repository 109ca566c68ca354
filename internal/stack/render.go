package stack

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Render is what CloudFormation would deploy with the given parameters, the
// others at their defaults: resources by logical id, without those whose
// condition is false, and with what is AWS::NoValue left out. Pseudo parameters
// may be given too. Refers to resources stay as ${Id} and ${Id.Attribute}. The
// error names a parameter that is missing or unknown, or a function that
// this package does not know.
func (t Template) Render(given map[string]string) (map[string]Resource, error) {
	r, err := t.renderer(given)
	if err != nil {
		return nil, err
	}
	resources := make(map[string]Resource)
	for id, res := range t.Resources {
		if res.Condition != "" && !r.holds(res.Condition) {
			continue
		}
		res.Properties = object(r.resolve(res.Properties))
		res.Metadata = object(r.resolve(res.Metadata))
		resources[id] = res
	}
	return resources, r.err
}

// renderer is one for the parameters that are given, the others at their defaults.
func (t Template) renderer(given map[string]string) (*renderer, error) {
	r := &renderer{template: t, values: maps.Clone(given)}
	if r.values == nil {
		r.values = make(map[string]string)
	}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if _, known := t.Parameters[name]; !known && !strings.HasPrefix(name, "AWS::") {
			return nil, fmt.Errorf("no parameter %q", name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(t.Parameters)) {
		if _, there := r.values[name]; there {
			continue
		}
		if t.Parameters[name].Default == nil {
			return nil, fmt.Errorf("parameter %q has no default and is not given", name)
		}
		r.values[name] = *t.Parameters[name].Default
	}
	return r, nil
}

// renderer resolves values; err is the first thing that it could not.
type renderer struct {
	template Template
	values   map[string]string
	err      error
}

// absent is what AWS::NoValue becomes before it is left out.
type absent struct{}

func (r *renderer) resolve(v any) any {
	switch v := v.(type) {
	case map[string]any:
		if name, argument, ok := function(v); ok {
			return r.call(name, argument)
		}
		m := make(map[string]any)
		for key, value := range v {
			if got := r.resolve(value); got != (absent{}) {
				m[key] = got
			}
		}
		return m
	case []any:
		items := []any{}
		for _, value := range v {
			if got := r.resolve(value); got != (absent{}) {
				items = append(items, got)
			}
		}
		return items
	default:
		return v
	}
}

// function tells the long form of a function from other maps of one key.
func function(m map[string]any) (name string, argument any, ok bool) {
	if len(m) != 1 {
		return "", nil, false
	}
	for key, value := range m {
		name, argument = key, value
	}
	if name == "Condition" {
		_, ok = argument.(string) // that of a policy statement is a map
		return name, argument, ok
	}
	return name, argument, name == "Ref" || strings.HasPrefix(name, "Fn::")
}

func (r *renderer) call(name string, argument any) any {
	switch name {
	case "Ref":
		return r.ref(text(argument))
	case "Fn::GetAtt":
		return "${" + text(argument) + "}"
	case "Fn::Sub":
		return r.sub(text(argument))
	case "Fn::If":
		branches := list(argument)
		if len(branches) != 3 {
			r.fail("Fn::If of %d parts", len(branches))
			return absent{}
		}
		if r.holds(text(branches[0])) {
			return r.resolve(branches[1])
		}
		return r.resolve(branches[2])
	case "Fn::Split":
		return r.split(list(r.resolve(argument)))
	case "Condition":
		return r.holds(text(argument))
	default:
		return r.decide(name, argument)
	}
}

// decide is the functions that conditions are made of.
func (r *renderer) decide(name string, argument any) any {
	sides := list(r.resolve(argument))
	switch name {
	case "Fn::Equals":
		return len(sides) == 2 && sides[0] == sides[1]
	case "Fn::Not":
		return len(sides) == 1 && sides[0] == false
	case "Fn::And":
		return !slices.Contains(sides, any(false))
	case "Fn::Or":
		return slices.Contains(sides, any(true))
	default:
		r.fail("function %s", name)
		return absent{}
	}
}

// split is a text cut at each separator; [separator, text] is the argument.
func (r *renderer) split(argument []any) any {
	if len(argument) != 2 {
		r.fail("Fn::Split of %d parts", len(argument))
		return absent{}
	}
	items := []any{}
	for part := range strings.SplitSeq(text(argument[1]), text(argument[0])) {
		items = append(items, part)
	}
	return items
}

func (r *renderer) ref(name string) any {
	if name == "AWS::NoValue" {
		return absent{}
	}
	if value, ok := r.values[name]; ok {
		return value
	}
	return "${" + name + "}"
}

// sub puts in the parameters; what is left refers to resources.
func (r *renderer) sub(s string) string {
	for name, value := range r.values {
		s = strings.ReplaceAll(s, "${"+name+"}", value)
	}
	return s
}

func (r *renderer) holds(condition string) bool {
	rule, known := r.template.Conditions[condition]
	if !known {
		r.fail("condition %q", condition)
	}
	holds, _ := r.resolve(rule).(bool)
	return holds
}

func (r *renderer) fail(format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf("unknown "+format, args...)
	}
}
