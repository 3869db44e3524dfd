#!/usr/bin/env python3
"""pywinrm, the client under Ansible's winrm connection: runs a command in a WinRS shell."""

import winrm

import outcome

ROUTES = {
    "basic-https": {"transport": "basic"},
    "negotiate-http": {"transport": "ntlm", "message_encryption": "always"},
    "negotiate-https": {"transport": "ntlm"},
    "negotiate-https-without-bindings": {"transport": "ntlm", "send_cbt": False},
}


def run(given) -> str:
    scheme, port = ("http", given.http_port) if given.route.endswith("-http") else ("https", given.https_port)
    session = winrm.Session(
        f"{scheme}://{given.host}:{port}/wsman",
        auth=(given.user, given.password),
        ca_trust_path=given.ca,
        operation_timeout_sec=10,
        read_timeout_sec=15,
        **ROUTES[given.route],
    )
    answer = session.run_cmd(given.command)
    if answer.status_code != 0:
        raise RuntimeError(f"status {answer.status_code}: {answer.std_err!r}")
    return answer.std_out.decode()


if __name__ == "__main__":
    asked = outcome.arguments(__doc__, list(ROUTES))
    outcome.report("pywinrm", asked.route, lambda: run(asked))
