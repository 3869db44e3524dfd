#!/usr/bin/env python3
"""curl: asks Identify, over TLS with Basic, and with Negotiate from gss-ntlmssp (which reads its account from a file)."""

import os
import subprocess
import tempfile

import outcome

ROUTES = ["identify", "basic-https", "negotiate-https", "negotiate-http-empty"]
COMMON = ["curl", "--silent", "--show-error", "--fail", "--max-time", "20", "--noproxy", "*", "--request", "POST",
          "--header", "Content-Type: application/soap+xml;charset=UTF-8", "--write-out", "%{http_code}"]


def credentials(given, folder: str) -> str:
    """Writes curl's configuration file, and the account file of gss-ntlmssp: no password in an argument list."""
    domain, _, user = given.user.rpartition("\\")
    with open(os.path.join(folder, "ntlm"), "w", encoding="utf-8") as book:
        book.write(f"{domain or given.host.upper()}:{user}:{given.password}\n")
    config = os.path.join(folder, "curl.conf")
    escaped = f"{given.user}:{given.password}".replace("\\", "\\\\").replace('"', '\\"')
    with open(config, "w", encoding="utf-8") as file:
        file.write(f'user = "{escaped}"\n' if given.route == "basic-https" else 'user = ":"\n')
    return config


def run(given) -> str:
    secure = f"https://{given.host}:{given.https_port}/wsman"
    plain = f"http://{given.host}:{given.http_port}/wsman"
    with tempfile.TemporaryDirectory() as folder:
        signed_in = ["--config", credentials(given, folder)]
        how = {
            "identify": [*COMMON, "--header", "WSMANIDENTIFY: unauthenticated", "--data", outcome.IDENTIFY, plain],
            "basic-https": [*COMMON, *signed_in, "--basic", "--cacert", given.ca, "--data", outcome.IDENTIFY, secure],
            "negotiate-https": [*COMMON, *signed_in, "--negotiate", "--cacert", given.ca,
                                "--data", outcome.IDENTIFY, secure],
            # curl can't seal, so over HTTP the handshake is all that it can ask for: an empty body, and a 200.
            "negotiate-http-empty": [*COMMON, *signed_in, "--negotiate", "--data", "", plain],
        }[given.route]
        environment = dict(os.environ, NTLM_USER_FILE=os.path.join(folder, "ntlm"))
        done = subprocess.run(how, env=environment, capture_output=True, text=True, timeout=30)
    if done.returncode != 0:
        raise RuntimeError(done.stderr.strip() or f"curl exited {done.returncode}")
    return done.stdout


if __name__ == "__main__":
    asked = outcome.arguments(__doc__, ROUTES)
    outcome.report("curl", asked.route, lambda: run(asked))
