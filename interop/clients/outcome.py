"""What the client programs share: their arguments, and the one JSON line that each prints."""

import argparse
import json
import sys
from collections.abc import Callable

IDENTIFY = (
    '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"'
    ' xmlns:i="http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd">'
    "<s:Header/><s:Body><i:Identify/></s:Body></s:Envelope>"
)


def arguments(description: str, routes: list[str]) -> argparse.Namespace:
    """Reads where the host is and who asks; adds .password, the first line of the password file."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--route", choices=routes, required=True)
    parser.add_argument("--host", required=True)
    parser.add_argument("--http-port", type=int, required=True)
    parser.add_argument("--https-port", type=int, required=True)
    parser.add_argument("--user", required=True)
    parser.add_argument("--password-file", required=True)
    parser.add_argument("--ca", required=True, help="PEM file of the certificates to trust")
    parser.add_argument("--command", default="hostname", help="what a shell is asked to run")
    given = parser.parse_args()
    with open(given.password_file, encoding="utf-8") as file:
        given.password = file.readline().rstrip("\r\n")
    return given


def report(client: str, route: str, attempt: Callable[[], str]) -> None:
    """Runs attempt and prints {client, route, ok, output, error}; exits 0 when it came through, else 1."""
    line = {"client": client, "route": route, "ok": False, "output": "", "error": ""}
    try:
        line["output"] = attempt()
        line["ok"] = True
    except Exception as err:  # whatever a client raises is its answer
        line["error"] = f"{type(err).__name__}: {err}"
    print(json.dumps(line))
    sys.exit(0 if line["ok"] else 1)
