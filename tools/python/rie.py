"""Runs a Lambda's bootstrap under the runtime interface emulator that aws-sam-cli
ships, hands it events one after another, and prints its answers.

    python tools/python/rie.py FOLDER ENV.JSON EVENT.JSON...

FOLDER holds the bootstrap, and is its working directory. ENV.JSON has the
environment as `sam local invoke --env-vars` reads it. The function stays warm
from event to event. The exit status is 1 if an answer was an error of the
function. Linux only, since the emulator is.
"""

import http.client
import json
import os
import pathlib
import platform
import socket
import subprocess
import sys
import time

import samcli

INVOKE = "/2015-03-31/functions/function/invocations"


def emulator():
    arch = {"aarch64": "arm64"}.get(platform.machine(), platform.machine())
    return pathlib.Path(samcli.__file__).parent / "local" / "rapid" / f"aws-lambda-rie-{arch}"


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def environment(path):
    env = {k: v for k, v in os.environ.items() if not k.startswith("WHYDENIED_")}
    for variables in json.loads(pathlib.Path(path).read_text()).values():
        env.update(variables)
    return env


def wait_until_up(process, port):
    for _ in range(100):
        if process.poll() is not None:
            sys.exit(f"the emulator ended with status {process.returncode}")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    sys.exit("the emulator did not start within five seconds")


def invoke(port, event):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=70)
    connection.request("POST", INVOKE, body=event)
    answer = connection.getresponse().read().decode()
    connection.close()
    return answer


def failed(answer):
    try:
        body = json.loads(answer)
    except ValueError:
        return True
    return isinstance(body, dict) and "errorMessage" in body


def main():
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    folder, env, *events = sys.argv[1:]
    port = free_port()
    process = subprocess.Popen(
        [emulator(), "--log-level", "error",
         "--runtime-interface-emulator-address", f"127.0.0.1:{port}",
         "--runtime-api-address", f"127.0.0.1:{free_port()}",
         "./bootstrap"],
        cwd=folder, env=environment(env),
        stdout=sys.stderr)  # its log and the function's; standard output is for answers
    status = 0
    try:
        wait_until_up(process, port)
        for name in events:
            answer = invoke(port, pathlib.Path(name).read_bytes())
            print(answer)
            status = status or int(failed(answer))
    finally:
        process.terminate()
        process.wait()
    sys.exit(status)


main()
