// Package interop holds pstest against programs that nobody here wrote: real
// servers (Apache httpd with mod_auth_gssapi, nginx, stunnel, openssl s_server,
// an acceptor on gss-ntlmssp) that pstest must be right about, and real clients
// (pywinrm, pypsrp, curl, masterzen/winrm) that must find in the lab the host
// that they were made for.
//
// servers/ starts the servers on loopback ports, each in the foreground, ended
// by its process id; every certificate is made by the openssl command.
// clients/ asks a host and prints one JSON line. The tests skip, with the
// reason, where outside software is missing, and fail instead where
// PSTEST_REQUIRE_INTEROP=1. PSTEST_PYTHON names the Python that has
// clients/requirements.txt installed (default: python3); PSTEST_INTEROP=off
// skips everything; PSTEST_INTEROP_BINARY names a pstest to test instead of
// building one.
package interop
