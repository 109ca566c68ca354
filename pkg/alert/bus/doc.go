// Package bus puts each new incident onto an EventBridge bus, as "Denial
// Diagnosed" from "whydenied", so that a rule can send it to a ticket system or
// a pager without touching this stack. The form of its detail is
// denial-diagnosed.schema.json.
package bus
