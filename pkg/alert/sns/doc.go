// Package sns publishes messages to an SNS topic, in the form that each
// subscriber reads: a plain-text e-mail, a short SMS, and for queues, functions
// and HTTP endpoints the whole report as JSON. Message attributes let a
// subscription's filter policy choose by verdict, cause, account and role.
//
// What is published cannot be changed, so an incident gets one message, and
// where it is wanted a closing summary.
package sns
