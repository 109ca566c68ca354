"""Runs ministack 1.5.33 with what the end-to-end tests rest on put right;
docs/emulators.md says what else it does otherwise than AWS.

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

Lambda keeps asynchronous events in a queue, and runs as many at once as the
account's concurrency allows. ministack starts them all, each as a process; here
the others wait.

AssumeRole looks at no role. Here it refuses one that is not there, or whose
trust policy does not let the caller's account in with this external ID. Who in
the account calls is not known, so it passes for whom the policy names there.

An event bus takes nothing from other accounts, and CloudFormation knows no
policies of buses. Here a bus with a policy takes what rules of other accounts
send it; what the policy asks of an organization is not looked at, since there
is none.

In a condition of a template, Ref of AWS::Region gives that name and no region.
Here it gives the region, and so for account and partition.

DescribeEventBus takes a bus by its name alone. Here it takes the ARN, too.

A filter pattern for logs in JSON finds every line. Here one that compares
members with texts, as in { ($.level = "error") || ($.message = "*") }, finds
those lines.
"""

import contextvars
import datetime
import fnmatch
import inspect
import json
import re
import threading
from contextlib import nullcontext
from urllib.parse import parse_qs

from ministack import app
from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id, get_region, request_scope
from ministack.services import cloudwatch_logs, eventbridge, iam, lambda_svc, sts
from ministack.services.cloudformation import handlers, provisioners, stacks

AT_ONCE = 6  # asynchronous invocations


def expect(function, *parameters):
    """Fails at once where another version of ministack has another function."""
    if tuple(inspect.signature(function).parameters) != parameters:
        raise SystemExit(f"{function.__name__} is not that of ministack 1.5.33")


expect(eventbridge._put_events, "data", "allow_aws_source")
expect(eventbridge._dispatch_to_lambda, "arn", "payload")
expect(lambda_svc.invoke_async_with_retry, "func", "event")
expect(lambda_svc._execute_function_dispatch, "func", "config", "event", "request_id", "started")
expect(eventbridge._dispatch_to_event_bus, "spec", "event", "rule", "event_path", "target_input_payload")
expect(iam_evaluator.evaluate_trust_policy, "trust_doc", "caller_arn", "ctx")
expect(sts.handle_request, "method", "path", "headers", "body", "query_params")
expect(eventbridge._describe_event_bus, "data")
expect(cloudwatch_logs._compile_filter_pattern, "raw")
expect(stacks._evaluate_conditions, "template", "params")
expect(iam._now)

put_events = eventbridge._put_events
invoke_async = lambda_svc.invoke_async_with_retry
dispatch = lambda_svc._execute_function_dispatch
forward = eventbridge._dispatch_to_event_bus
evaluate = stacks._evaluate_conditions
describe_bus = eventbridge._describe_event_bus
compile_pattern = cloudwatch_logs._compile_filter_pattern
answer_sts = sts.handle_request
slots = threading.BoundedSemaphore(AT_ONCE)
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
    one = invocation.get()
    with slots if one else nullcontext():
        return dispatch(func, config, event, one or request_id, started)


def forward_to_any_account(spec, event, rule, event_path, target_input_payload=None):
    """A bus of another account takes events if it has a policy."""
    with request_scope(spec.account_id, spec.region):
        bus = spec.resource.removeprefix("event-bus/")
        if spec.account_id != event["Account"] and bus not in eventbridge._event_bus_policies:
            eventbridge.logger.warning("EventBridge: bus %s takes nothing from %s", spec, event["Account"])
            return
        forward(spec, event, rule, event_path, target_input_payload)


def describe_bus_by_either(data):
    return describe_bus({**data, "Name": data.get("Name", "default").rpartition(":event-bus/")[2]})


def bus_policy_create(logical_id, props, stack_name):
    bus, sid = props.get("EventBusName", "default"), props["StatementId"]
    policy = eventbridge._event_bus_policies.setdefault(bus, {"Version": "2012-10-17", "Statement": []})
    policy["Statement"].append({"Sid": sid, **props["Statement"]})
    return f"{bus}|{sid}", {}


def bus_policy_delete(physical_id, props):
    bus, _, sid = physical_id.partition("|")
    eventbridge._remove_permission({"EventBusName": bus, "StatementId": sid})


def compile_json_pattern(raw):
    wanted = re.findall(r'\(\s*\$\.(\w+)\s*=\s*"([^"]*)"\s*\)', raw or "")
    if not wanted:
        return compile_pattern(raw)

    def matches(line):
        try:
            members = json.loads(line)
        except ValueError:
            return False
        return isinstance(members, dict) and any(
            isinstance(members.get(name), str) and fnmatch.fnmatchcase(members[name], value) for name, value in wanted)

    return matches


def conditions_of_here(template, params):
    here = {"AWS::Region": get_region(), "AWS::AccountId": get_account_id(), "AWS::Partition": "aws"}
    return evaluate(template, {**params, **{name: {"Value": value} for name, value in here.items()}})


async def sts_that_looks_at_roles(method, path, headers, body, query_params):
    asked = {name: values[0] for name, values in parse_qs(body.decode()).items()}
    arn = asked.get("RoleArn", "")
    if asked.get("Action") != "AssumeRole" or may_assume(arn, asked.get("ExternalId")):
        return await answer_sts(method, path, headers, body, query_params)
    caller = f"arn:aws:iam::{get_account_id()}:root"
    message = f"User: {caller} is not authorized to perform: sts:AssumeRole on resource: {arn}"
    return sts._error(403, "AccessDenied", message, ns="sts")


def may_assume(arn, external_id):
    account, name = arn.split(":")[4], arn.rsplit("/", 1)[-1]
    role = iam._roles.get_scoped(account, None, name)
    if role is None or role["Arn"] != arn:
        return False
    for caller in those_named(role["AssumeRolePolicyDocument"]):
        if f"::{get_account_id()}:" not in caller:
            continue
        ctx = iam_evaluator.EvalContext(
            principal_arn=caller, principal_type="AssumedRole", principal_account=get_account_id(), action="sts:AssumeRole",
            resource_arn=arn, region=get_region(), service_context={"sts:externalid": external_id})
        if iam_evaluator.evaluate_trust_policy(role["AssumeRolePolicyDocument"], caller, ctx):
            return True
    return False


def those_named(document):
    document = json.loads(document) if isinstance(document, str) else document
    for statement in document["Statement"]:
        named = statement.get("Principal", {}).get("AWS", [])
        yield from [named] if isinstance(named, str) else named


def a_day_ago():
    day = datetime.timedelta(days=1)
    return (datetime.datetime.now(datetime.timezone.utc) - day).strftime("%Y-%m-%dT%H:%M:%SZ")


eventbridge._put_events = put_events_as_cloudtrail
eventbridge._dispatch_to_lambda = dispatch_to_lambda
lambda_svc.invoke_async_with_retry = invoke_async_with_one_id
lambda_svc._execute_function_dispatch = dispatch_with_one_id
eventbridge._describe_event_bus = describe_bus_by_either
eventbridge._dispatch_to_event_bus = forward_to_any_account
sts.handle_request = sts_that_looks_at_roles
cloudwatch_logs._compile_filter_pattern = compile_json_pattern
handlers._evaluate_conditions = stacks._evaluate_conditions = conditions_of_here
provisioners._RESOURCE_HANDLERS["AWS::Events::EventBusPolicy"] = {"create": bus_policy_create, "delete": bus_policy_delete}
iam._now = a_day_ago

app.main()
