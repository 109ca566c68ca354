// Package alert turns reports into few messages: one for each incident, however
// often CI retries. A report goes in ([Alerter.Report]); it is counted in its
// [Incident], which a [Store] keeps, and each [Notifier] is brought up to date.
//
// The same event delivered twice is counted once, two events at once make one
// message, and what could not be delivered is delivered by the next attempt,
// which sends only what was not sent. Nothing here reads a token: subjects and
// session names are data that is counted and shown, and decide no channel.
package alert
