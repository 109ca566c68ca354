"""Runs ministack 1.5.33 with four things put right that the end-to-end tests
rest on; docs/emulators.md says what else it does otherwise than AWS.

CloudTrail puts its events on the default bus with a source "aws.*". PutEvents
refuses that source, in AWS and in ministack, and nothing in ministack plays
CloudTrail's part: so here PutEvents takes it.

EventBridge invokes a function asynchronously: Lambda retries, and hands what
still fails to the function's on-failure destination. ministack does so for
InvocationType=Event alone; here it does for the bus, by its own code.

Lambda's retries of one invocation have one request ID. In ministack each has
its own; here they share the first.

A role that was made minutes before a denial may not have reached STS, and makes
every cause a likely one. So what is made in IAM here was made a day ago.
"""

import contextvars
import datetime
import inspect
import json

from ministack import app
from ministack.services import eventbridge, iam, lambda_svc


def expect(function, *parameters):
    """Fails at once where another version of ministack has another function."""
    if tuple(inspect.signature(function).parameters) != parameters:
        raise SystemExit(f"{function.__name__} is not that of ministack 1.5.33")


expect(eventbridge._put_events, "data", "allow_aws_source")
expect(eventbridge._dispatch_to_lambda, "arn", "payload")
expect(lambda_svc.invoke_async_with_retry, "func", "event")
expect(lambda_svc._execute_function_dispatch, "func", "config", "event", "request_id", "started")
expect(iam._now)

put_events = eventbridge._put_events
invoke_async = lambda_svc.invoke_async_with_retry
dispatch = lambda_svc._execute_function_dispatch
invocation = contextvars.ContextVar("invocation", default=None)


def put_events_as_cloudtrail(data):
    return put_events(data, allow_aws_source=True)


def dispatch_to_lambda(arn, payload):
    func, config, name = lambda_svc._get_func_record_for_ref(arn)
    if not func or not config:
        eventbridge.logger.warning("EventBridge: function %s not found", name)
        return
    record = lambda_svc._execution_record_for_config(func, config)
    lambda_svc.invoke_async_with_retry(record, json.loads(payload))


def invoke_async_with_one_id(func, event):
    before = invocation.set(lambda_svc.new_uuid())
    try:
        invoke_async(func, event)  # its thread inherits the context
    finally:
        invocation.reset(before)


def dispatch_with_one_id(func, config, event, request_id, started):
    return dispatch(func, config, event, invocation.get() or request_id, started)


def a_day_ago():
    day = datetime.timedelta(days=1)
    return (datetime.datetime.now(datetime.timezone.utc) - day).strftime("%Y-%m-%dT%H:%M:%SZ")


eventbridge._put_events = put_events_as_cloudtrail
eventbridge._dispatch_to_lambda = dispatch_to_lambda
lambda_svc.invoke_async_with_retry = invoke_async_with_one_id
lambda_svc._execute_function_dispatch = dispatch_with_one_id
iam._now = a_day_ago

app.main()
