// Package enginetest has servers that answer as the APIs of Athena and
// CloudTrail Lake do: JSON 1.1, pages, states of a query, and errors as AWS
// writes them. What a query finds is up to the test, or to a Trino server that
// runs its SQL.
package enginetest
