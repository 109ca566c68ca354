// Package render shows the result of a scan: [Text] for a terminal, [JSON] for
// programs, by schema.json, [CSV] for a spreadsheet, [Markdown] for a ticket.
//
// The renderers compute nothing but sums. Whatever a caller chose, which is
// the subject, the role that was asked for, addresses and user agents, is
// escaped here for the place where it is shown, and bounded in length.
package render
