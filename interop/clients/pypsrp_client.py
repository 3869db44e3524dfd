#!/usr/bin/env python3
"""pypsrp, the client under Ansible's psrp connection: runs a command in a WinRS shell, or asks Identify."""

from pypsrp.client import Client
from pypsrp.wsman import WSMan

import outcome

ROUTES = {
    "basic-https": {"ssl": True, "auth": "basic"},
    "negotiate-http": {"ssl": False, "auth": "negotiate", "encryption": "always"},
    "ntlm-http": {"ssl": False, "auth": "ntlm", "encryption": "always"},
    "negotiate-https": {"ssl": True, "auth": "negotiate"},
    "ntlm-https": {"ssl": True, "auth": "ntlm"},
    "negotiate-https-without-bindings": {"ssl": True, "auth": "negotiate", "negotiate_send_cbt": False},
    "identify-http": {"ssl": False, "auth": "negotiate", "encryption": "always"},
    "identify-ntlm-http": {"ssl": False, "auth": "ntlm", "encryption": "always"},
    "identify-https": {"ssl": True, "auth": "negotiate"},
}


def run(given) -> str:
    options = dict(ROUTES[given.route], username=given.user, password=given.password, cert_validation=given.ca)
    options["port"] = given.https_port if options["ssl"] else given.http_port
    options.update(connection_timeout=10, operation_timeout=10, read_timeout=15)
    if given.route.startswith("identify"):
        with WSMan(given.host, **options) as host:
            return host.transport.send(outcome.IDENTIFY.encode()).decode()
    with Client(given.host, **options) as client:
        stdout, stderr, status = client.execute_cmd(given.command)
    if status != 0:
        raise RuntimeError(f"status {status}: {stderr!r}")
    return stdout


if __name__ == "__main__":
    asked = outcome.arguments(__doc__, list(ROUTES))
    outcome.report("pypsrp", asked.route, lambda: run(asked))
