#!/usr/bin/python3
"""A WinRM-like acceptor that seals: python3-gssapi over gss-ntlmssp, both Debian's, on loopback ports.

sealing.py --dir DIR --http PORT --https PORT --user USER --password-file FILE [--cert NAME] [--form FORM]

HTTP takes sealed messages only and answers sealed; HTTPS takes clear ones too, and refuses a client whose channel
bindings are not "tls-server-end-point" of its certificate DIR/certs/NAME.pem (gss-ntlmssp lets one pass that sends
none). Both do Negotiate: SPNEGO tokens and raw NTLMSSP ones, or those of one FORM alone. A handshake belongs to its
connection and lasts as long as that. /wsman answers Identify and nothing else.
DIR/sealing.log receives one JSON line a request. Ends on SIGTERM.
"""

import argparse
import base64
import hashlib
import http.server
import json
import os
import re
import signal
import ssl
import struct
import subprocess
import sys
import threading

import gssapi

NTLMSSP = gssapi.OID.from_int_seq("1.3.6.1.4.1.311.2.2.10")
SPNEGO = gssapi.OID.from_int_seq("1.3.6.1.5.5.2")
SOAP = "application/soap+xml;charset=UTF-8"
PROTOCOL = "application/HTTP-SPNEGO-session-encrypted"
BOUNDARY = b"Encrypted Boundary"
LARGEST_BODY = 512 * 1024

PARTS = re.compile(
    rb"\A--Encrypted Boundary\r\n"
    rb"[\t ]*Content-Type: *application/HTTP-SPNEGO-session-encrypted\r\n"
    rb"[\t ]*OriginalContent: *type=(?P<type>[^\r\n]*?);Length=(?P<length>\d+)\r\n"
    rb"--Encrypted Boundary\r\n"
    rb"[\t ]*Content-Type: *application/octet-stream\r\n"
    rb"(?P<payload>.*)--Encrypted Boundary--(?:\r\n)?\Z",
    re.DOTALL | re.IGNORECASE,
)


class Refused(Exception):
    """A message that this host does not take: (status, what was wrong)."""


def unseal(context: gssapi.SecurityContext, body: bytes) -> bytes:
    """Opens a multipart/encrypted body; the declared length must be that of what was sealed."""
    match = PARTS.match(body)
    if not match or len(match["payload"]) < 4:
        raise Refused(400, "not a sealed message")
    (size,) = struct.unpack("<I", match["payload"][:4])
    if size != 16:
        raise Refused(400, f"signature of {size} bytes")
    try:
        opened = context.unwrap(match["payload"][4:])
    except gssapi.exceptions.GSSError as err:
        raise Refused(400, f"unseal: {err}") from err
    if not opened.encrypted:
        raise Refused(400, "signed, not sealed")
    if len(opened.message) != int(match["length"]):
        raise Refused(400, "declared length differs")
    return opened.message


def seal(context: gssapi.SecurityContext, plain: bytes) -> bytes:
    """Makes the multipart/encrypted body of plain, part headers beginning with a TAB as Windows writes them."""
    token = context.wrap(plain, True).message
    return b"".join([
        b"--", BOUNDARY, b"\r\n\tContent-Type: ", PROTOCOL.encode(),
        b"\r\n\tOriginalContent: type=", SOAP.encode(), b";Length=%d\r\n--" % len(plain), BOUNDARY,
        b"\r\n\tContent-Type: application/octet-stream\r\n", struct.pack("<I", 16), token, b"--", BOUNDARY, b"--\r\n",
    ])


def end_point_bindings(certificate: str) -> gssapi.raw.ChannelBindings:
    """RFC 5929 section 4.1: the hash of the certificate's own signature, SHA-256 where that was MD5 or SHA-1."""
    with open(certificate, encoding="ascii") as pem:
        leaf = pem.read().split("-----END CERTIFICATE-----")[0] + "-----END CERTIFICATE-----\n"
    said = subprocess.run(["openssl", "x509", "-noout", "-text"], input=leaf, check=True, capture_output=True, text=True)
    own = re.search(r"Signature Algorithm: \S*(sha(?:256|384|512))", said.stdout, re.IGNORECASE)
    digest = hashlib.new(own[1].lower() if own else "sha256", ssl.PEM_cert_to_DER_cert(leaf)).digest()
    return gssapi.raw.ChannelBindings(application_data=b"tls-server-end-point:" + digest)


class Handler(http.server.BaseHTTPRequestHandler):
    """One connection; the handshake is its state."""

    protocol_version = "HTTP/1.1"
    server_version = "sealing-interop"
    sys_version = ""
    timeout = 30

    def setup(self) -> None:
        super().setup()
        self.context = None
        self.form = ""

    def do_GET(self) -> None:
        self.answer(405, b"")

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        if not 0 <= length <= LARGEST_BODY:
            self.close_connection = True
            return self.answer(413, b"")
        body = self.rfile.read(length)
        if self.path != "/wsman":
            return self.answer(404, b"")
        token = None
        if authorization := self.headers.get("Authorization"):
            token, done = self.step(authorization)
            if not done:
                return self.challenge(token)
        if not self.context or not self.context.complete:
            return self.challenge(None)
        self.serve(body, token)

    def step(self, authorization: str) -> tuple[bytes | None, bool]:
        """Feeds one token of the client; a first token begins a new handshake on the connection."""
        scheme, _, text = authorization.partition(" ")
        if scheme.lower() != "negotiate":
            return None, False
        try:
            token = base64.b64decode(text, validate=True)
            if self.context is None or self.context.complete:
                self.form = "raw" if token.startswith(b"NTLMSSP\0") else "spnego"
                if self.server.form not in ("both", self.form):
                    raise ValueError(f"{self.form} tokens are not taken")
                creds = gssapi.Credentials(usage="accept", mechs=[NTLMSSP if self.form == "raw" else SPNEGO])
                self.context = gssapi.SecurityContext(usage="accept", creds=creds, channel_bindings=self.server.bindings)
            answer = self.context.step(token)
            return answer, self.context.complete
        except (ValueError, gssapi.exceptions.GSSError) as err:
            self.context = None
            self.log(401, f"handshake: {err}")
            return None, False

    def challenge(self, token: bytes | None) -> None:
        line = "Negotiate" + (" " + base64.b64encode(token).decode() if token else "")
        self.answer(401, b"", [("WWW-Authenticate", line)])

    def serve(self, body: bytes, token: bytes | None) -> None:
        """Answers an authenticated request: an empty one with nothing, Identify with an identity."""
        headers = [("WWW-Authenticate", "Negotiate " + base64.b64encode(token).decode())] if token else []
        if not body:
            return self.answer(200, b"", headers)
        try:
            sealed = self.headers.get("Content-Type", "").lower().startswith("multipart/encrypted")
            if not sealed and not self.server.clear:
                raise Refused(500, "clear text over HTTP")
            plain = unseal(self.context, body) if sealed else body
            if b"identity/1/wsmanidentity.xsd" not in plain:
                raise Refused(500, "not Identify")
        except Refused as refused:
            return self.answer(refused.args[0], b"", headers, refused.args[1])
        kind = f'multipart/encrypted;protocol="{PROTOCOL}";boundary="{BOUNDARY.decode()}"' if sealed else SOAP
        answer = seal(self.context, self.server.identity) if sealed else self.server.identity
        self.answer(200, answer, [*headers, ("Content-Type", kind)], "sealed" if sealed else "clear")

    def answer(self, status: int, body: bytes, headers=(), why: str = "") -> None:
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.log(status, why)

    def log(self, status: int, why: str) -> None:
        complete = bool(self.context and self.context.complete)
        who = str(self.context.initiator_name).rstrip("\0") if complete else ""
        self.server.record({"port": self.server.server_port, "status": status, "form": self.form, "user": who, "why": why})

    def log_message(self, *_args) -> None:
        """Nothing on stderr: what happened stands in the log."""


class Listener(http.server.ThreadingHTTPServer):
    """One port: whether clear messages are taken, the token form, the bindings demanded, the TLS settings."""

    daemon_threads = True
    clear = False
    form = "both"
    bindings = None
    tls = None
    identity = b""
    log_path = ""
    lock = threading.Lock()

    def finish_request(self, request, client_address) -> None:
        if self.tls:
            request.settimeout(30)
            try:
                request = self.tls.wrap_socket(request, server_side=True)
            except OSError:
                return
        super().finish_request(request, client_address)

    def handle_error(self, request, client_address) -> None:
        self.record({"port": self.server_port, "status": 0, "why": repr(sys.exc_info()[1])})

    def record(self, line: dict) -> None:
        with self.lock, open(self.log_path, "a", encoding="utf-8") as log:
            log.write(json.dumps(line) + "\n")


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dir", required=True)
    parser.add_argument("--http", type=int, required=True)
    parser.add_argument("--https", type=int, required=True)
    parser.add_argument("--user", required=True)
    parser.add_argument("--password-file", required=True)
    parser.add_argument("--cert", default="good")
    parser.add_argument("--form", choices=["both", "spnego", "raw"], default="both")
    return parser.parse_args()


def account_book(given: argparse.Namespace) -> None:
    """Writes the one account where gss-ntlmssp looks for it."""
    with open(given.password_file, encoding="utf-8") as password:
        line = f"INTEROP:{given.user}:{password.readline().rstrip()}\n"
    path = os.path.join(given.dir, "sealing-users")
    with open(path, "w", encoding="utf-8") as book:
        book.write(line)
    os.environ.update(NTLM_USER_FILE=path, NETBIOS_COMPUTER_NAME="SEALING", NETBIOS_DOMAIN_NAME="INTEROP")


def main() -> None:
    given = options()
    account_book(given)
    here = os.path.dirname(os.path.abspath(__file__))
    identify = ["bash", os.path.join(here, "identify.sh"), "gss-ntlmssp interop"]
    Listener.identity = subprocess.run(identify, check=True, capture_output=True).stdout
    Listener.form = given.form
    Listener.log_path = os.path.join(given.dir, "sealing.log")

    plain = Listener(("127.0.0.1", given.http), Handler)
    secure = Listener(("127.0.0.1", given.https), Handler)
    certificate = os.path.join(given.dir, "certs", given.cert)
    secure.clear = True
    secure.bindings = end_point_bindings(certificate + ".pem")
    secure.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    secure.tls.set_ciphers("DEFAULT@SECLEVEL=0")  # or it takes no certificate signed with MD5
    secure.tls.load_cert_chain(certificate + ".pem", certificate + ".key")

    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    threading.Thread(target=secure.serve_forever, daemon=True).start()
    plain.serve_forever()


if __name__ == "__main__":
    main()
