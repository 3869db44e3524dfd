"""The other end of a handshake for interop_test.go: pyspnego for tokens and seals, pypsrp for bodies.

Reads one JSON object a line and answers each with one. The first names the role, the later ones are commands; bytes
travel as base64.
"""

import base64
import json
import sys

import spnego
import spnego.channel_bindings
from pypsrp.encryption import WinRMEncryption

BODY_PROTOCOL = WinRMEncryption.SPNEGO


def context(setup):
    bindings = None
    if setup.get("bindings"):
        bindings = spnego.channel_bindings.GssChannelBindings(application_data=decode(setup["bindings"]))
    # The implementations in Python, whatever else is installed.
    raw = setup["protocol"] == "ntlm"
    common = {
        "protocol": setup["protocol"],
        "options": spnego.NegotiateOptions.use_ntlm if raw else spnego.NegotiateOptions.use_negotiate,
        "channel_bindings": bindings,
    }
    if setup["role"] == "accept":
        return spnego.server(**common)
    return spnego.client(
        setup["user"], setup["password"], hostname="win01.corp.example", service="HTTP", **common
    )


def decode(text):
    return base64.b64decode(text) if text else b""


def encode(data):
    return base64.b64encode(data or b"").decode()


def run(ctx, command):
    verb = command["verb"]
    if verb == "step":
        token = ctx.step(decode(command.get("token")) or None)
        return {"token": encode(token), "complete": ctx.complete, "principal": ctx.client_principal or ""}
    if verb == "wrap":
        kind, body = WinRMEncryption(ctx, BODY_PROTOCOL).wrap_message(decode(command["data"]))
        header = '%s;protocol="%s";boundary="Encrypted Boundary"' % (kind, BODY_PROTOCOL)
        return {"header": header, "data": encode(body)}
    if verb == "unwrap":
        body = WinRMEncryption(ctx, BODY_PROTOCOL).unwrap_message(decode(command["data"]), "Encrypted Boundary")
        return {"data": encode(body)}
    raise ValueError("unknown verb " + verb)


def main():
    ctx = context(json.loads(sys.stdin.readline()))
    for line in sys.stdin:
        try:
            answer = run(ctx, json.loads(line))
        except Exception as err:  # every refusal of the library is an answer
            answer = {"error": "%s: %s" % (type(err).__name__, err)}
        print(json.dumps(answer), flush=True)


main()
