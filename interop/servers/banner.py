#!/usr/bin/env python3
"""banner.py PORT KIND: a loopback port on which something other than WinRM answers. Ends on SIGTERM.

KIND: ssh (greets as an SSH server and hangs up), silent (accepts and says nothing).
"""

import signal
import socket
import sys
import threading


def serve(conn: socket.socket, kind: str) -> None:
    """Answers one connection; a silent one is held until its client leaves, at most a minute."""
    with conn:
        conn.settimeout(60)
        try:
            if kind == "ssh":
                conn.sendall(b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n")
                conn.recv(4096)
                return
            while conn.recv(4096):
                pass
        except OSError:
            return


def main(port: int, kind: str) -> None:
    if kind not in ("ssh", "silent"):
        sys.exit(f"banner.py: unknown kind {kind!r}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with socket.create_server(("127.0.0.1", port)) as listener:
        while True:
            conn, _ = listener.accept()
            threading.Thread(target=serve, args=(conn, kind), daemon=True).start()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
