package limits

import (
	"slices"
	"strconv"
	"strings"
)

// FaultCode explains one WS-Management fault or Win32 code as WinRM sends it in WSManFault/@Code, or as
// a Windows client reports it. Windows holds commands for an elevated PowerShell on the host, Client commands
// or settings for the machine that connects; either may be nil. Limit is the id of the limit that the code
// speaks of, "" for none.
type FaultCode struct {
	Code          uint32
	Name, Meaning string
	Windows       []string
	Client        []string
	Limit         string
	Grade         string
}

// How well the explanation of a code is evidenced. The name and number are Microsoft's own in each case
// (wsmerror.h, winerror.h).
const (
	faultDocumented = "documented" // the meaning is that of Microsoft's own message for the code
	faultReported   = "reported"   // the causes and cures are those that people reported
	faultBelieved   = "believed"   // plausible, not evidenced
)

// Fault explains code; false when it isn't known.
func Fault(code uint32) (FaultCode, bool) {
	for _, f := range faultTable() {
		if f.Code == code {
			return f, true
		}
	}
	return FaultCode{}, false
}

// FaultCodes lists every code that is explained, in ascending order. The caller owns the slice.
func FaultCodes() []FaultCode {
	t := faultTable()
	slices.SortFunc(t, func(a, b FaultCode) int {
		if a.Code < b.Code {
			return -1
		}
		return 1
	})
	return t
}

// ParseFaultCode reads a code as tools print it: decimal ("2150859173"), hexadecimal ("0x803381A5"), or
// the decimal of the same bits as a signed 32-bit number ("-2144108123"). Zero is no fault code.
func ParseFaultCode(s string) (uint32, bool) {
	s = strings.TrimSpace(s)
	if hex, ok := strings.CutPrefix(strings.ToLower(s), "0x"); ok {
		n, err := strconv.ParseUint(hex, 16, 32)
		return uint32(n), err == nil && n != 0
	}
	if strings.HasPrefix(s, "-") {
		n, err := strconv.ParseInt(s, 10, 32)
		return uint32(int32(n)), err == nil && n != 0
	}
	n, err := strconv.ParseUint(s, 10, 32)
	return uint32(n), err == nil && n != 0
}

// do is a list of commands.
func do(commands ...string) []string { return commands }

// Commands that several codes share.
const (
	cmdRestart      = `Restart-Service WinRM`
	cmdListeners    = `winrm enumerate winrm/config/listener`
	cmdQuickConfig  = `winrm quickconfig -quiet`
	cmdRemoting     = `Enable-PSRemoting -Force`
	cmdSessions     = `Get-PSSessionConfiguration | Format-Table Name, Enabled, Permission -Wrap`
	cmdShells       = `Get-WSManInstance -ResourceURI shell -Enumerate | Format-Table Owner, ShellId, ShellRunTime`
	cmdPluginQuotas = `Get-ChildItem WSMan:\localhost\Plugin\Microsoft.PowerShell\Quotas`
	cmdCloseOwn     = `Get-PSSession | Remove-PSSession`
	cmdEnvelope     = `Set-Item WSMan:\localhost\MaxEnvelopeSizekb 500`
	cmdFailedLogons = `Get-WinEvent -FilterHashtable @{LogName='Security'; Id=4625} -MaxEvents 5 | Format-List`
	cmdWinRMLog     = `Get-WinEvent -LogName Microsoft-Windows-WinRM/Operational -MaxEvents 20`
	cmdReachable    = `nc -vz HOST 5985; nc -vz HOST 5986`
	cmdResolve      = `dig +short HOST`
	setQuota        = `Set-Item WSMan:\localhost\Plugin\Microsoft.PowerShell\Quotas\`
)

// faultTable is the table itself: Code, Name, Meaning, Windows, Client, Limit, Grade.
func faultTable() []FaultCode {
	return []FaultCode{
		// Win32 codes, plain and as an HRESULT.
		{2, "ERROR_FILE_NOT_FOUND", "the host could not start the process that hosts the shell; the PowerShell plug-in's registration may be damaged",
			do(cmdSessions, cmdRemoting, cmdWinRMLog), nil, "session-opens", faultReported},
		{5, "ERROR_ACCESS_DENIED", "the account logged on, and is not allowed to do this: it is not in Administrators (or Remote Management Users), its token was filtered because it is a local account other than the built-in Administrator, or the session configuration's permissions leave it out",
			do(`Add-LocalGroupMember -Group Administrators -Member USER`, `Set-ItemProperty HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\System LocalAccountTokenFilterPolicy 1 -Type DWord`, cmdSessions), nil, "administrators-member", faultReported},
		{87, "ERROR_INVALID_PARAMETER", "the host took a value in the request for invalid: an option, a locale, a working directory or an environment variable",
			do(cmdWinRMLog), nil, "", faultBelieved},
		{1326, "ERROR_LOGON_FAILURE", "the user name or the password is wrong, or the account name is in a form that the host does not resolve",
			do(cmdFailedLogons), nil, "", faultDocumented},
		{2147942402, "HRESULT of ERROR_FILE_NOT_FOUND", "a file that the host needs was not found: the command itself, or the program that hosts the shell",
			do(cmdSessions, cmdRemoting), nil, "", faultReported},
		{2147942405, "E_ACCESSDENIED", "access is denied: code 5 as an HRESULT; see 5", do(cmdSessions), nil, "administrators-member", faultReported},
		{2147942487, "E_INVALIDARG", "a parameter is invalid: code 87 as an HRESULT; see 87", nil, nil, "", faultBelieved},
		{2147942606, "HRESULT of ERROR_FILENAME_EXCED_RANGE", "the command line is longer than the host accepts; cmd.exe takes about 8000 characters",
			nil, do(`send the script as a file, or through PowerShell remoting, instead of one long command line`), "", faultReported},
		{2147943726, "HRESULT of ERROR_LOGON_FAILURE", "the user name or the password is wrong: code 1326 as an HRESULT",
			do(cmdFailedLogons), nil, "", faultDocumented},
		// Security packages (SSPI).
		{2148074254, "SEC_E_NO_CREDENTIALS", "the security package has no credentials to use: none were given, or they are not of a kind that the scheme takes", nil, do(`kinit USER@REALM`), "", faultReported},
		{2148074257, "SEC_E_NO_AUTHENTICATING_AUTHORITY", "no domain controller could be asked: Kerberos was tried with an IP address, from outside of the domain, or without a route to it",
			nil, do(`connect by the host's DNS name, or use Negotiate with a local account`, `nslookup -type=SRV _kerberos._tcp.DOMAIN`), "", faultReported},
		{2148074274, "SEC_E_WRONG_PRINCIPAL", "the Kerberos service name belongs to another account than the one that answered: a stale DNS entry, or an HTTP name registered for a service account",
			do(`setspn -Q HTTP/HOST`), do(cmdResolve), "name-resolves", faultReported},
		// WS-Management service and client.
		{2150858752, "ERROR_WSMAN_RESOURCE_NOT_FOUND", "nothing is at the resource URI and selectors of the request", do(cmdListeners), nil, "", faultDocumented},
		{2150858753, "ERROR_WSMAN_INVALID_ACTIONURI", "the host does not know the action that was asked for; another WS-Management product than WinRM may be answering", nil, nil, "", faultBelieved},
		{2150858770, "ERROR_WSMAN_DESTINATION_UNREACHABLE", "the client could not reach the host: the service is not running, has no listener there, or a firewall stands between",
			do(`Start-Service WinRM`, cmdQuickConfig, cmdListeners), do(cmdReachable), "port-reachable", faultDocumented},
		{2150858778, "ERROR_WSMAN_ENUMERATE_CANNOT_PROCESS_FILTER", "the query is missing, wrong, or names a class that is not there; the host answers and authorises, so remoting itself works", nil, nil, "", faultDocumented},
		{2150858790, "ERROR_WSMAN_ENVELOPE_TOO_LARGE", "a message is larger than the host or the client allows", do(cmdEnvelope), nil, "", faultDocumented},
		{2150858793, "ERROR_WSMAN_OPERATION_TIMEDOUT", "nothing happened within OperationTimeout; while a command's output is awaited this is normal, and clients ask again", nil, nil, "", faultDocumented},
		{2150858806, "ERROR_WSMAN_FAILED_AUTHENTICATION", "the service could not authenticate the sender", do(cmdFailedLogons), nil, "", faultDocumented},
		{2150858811, "ERROR_WSMAN_INVALID_RESOURCE_URI", "the session configuration or resource that was asked for does not exist on the host, or the URI is malformed",
			do(cmdSessions, cmdRemoting), do(`New-PSSession HOST -ConfigurationName NAME`), "session-configuration-choice", faultReported},
		{2150858815, "ERROR_WSMAN_QUOTA_LIMIT", "the service is busy with other requests, or some quota is used up", do(cmdShells), do(cmdCloseOwn), "", faultDocumented},
		{2150858817, "ERROR_WSMAN_SCHEMA_VALIDATION_ERROR", "the host's schema rejects the request; an older WinRM stack does so with requests of newer clients",
			do(`Test-WSMan; $PSVersionTable`), nil, "winrm-3", faultReported},
		{2150858823, "ERROR_WSMAN_MAX_ENVELOPE_SIZE", "the client asked for larger messages than the host allows", do(cmdEnvelope), do(`lower the client's maximum envelope size to 153600 bytes`), "", faultDocumented},
		{2150858824, "ERROR_WSMAN_MAX_ENVELOPE_SIZE_EXCEEDED", "the answer is larger than the client said it takes", do(cmdEnvelope), do(`raise the client's maximum envelope size, or ask for less at once`), "", faultDocumented},
		{2150858825, "ERROR_WSMAN_SERVER_ENVELOPE_LIMIT", "the answer is larger than the host's own limit", do(cmdEnvelope), nil, "", faultDocumented},
		{2150858843, "ERROR_WSMAN_UNEXPECTED_SELECTORS", "the shell or resource named is not there: a shell that idled out, a service that restarted, or a load balancer that led to another host",
			do(cmdShells, cmdWinRMLog), do(`open a new session; balance by connection with stickiness, or not at all`), "", faultReported},
		{2150858881, "ERROR_WSMAN_INVALID_TIMEOUT_HEADER", "the timeout asked for is outside of what the host allows", do(`Get-Item WSMan:\localhost\MaxTimeoutms`), do(`ask for an operation timeout of 60 seconds or less`), "", faultReported},
		{2150858890, "ERROR_WSMAN_CONFIG_CANNOT_CHANGE_GPO_CONTROLLED_SETTING", "Group Policy sets this; it can be changed in the policy only", do(`gpresult /h gp.html`), nil, "", faultDocumented},
		{2150858974, "ERROR_WSMAN_CLIENT_UNENCRYPTED_DISABLED", "a Windows client refuses to send in clear; leave it so and use HTTPS or Negotiate", nil, do(`New-PSSession HOST -UseSSL -Authentication Basic -Credential USER`), "basic-over-http", faultDocumented},
		{2150858975, "ERROR_WSMAN_CLIENT_BASIC_AUTHENTICATION_DISABLED", "a Windows client has Basic switched off in its own settings", nil, do(`Set-Item WSMan:\localhost\Client\Auth\Basic $true`), "", faultDocumented},
		{2150858980, "ERROR_WSMAN_SERVER_NOT_TRUSTED", "a Windows client outside of Kerberos wants HTTPS or an entry in its own TrustedHosts; that list has no say on Linux or macOS, nor on the host",
			nil, do(`Set-Item WSMan:\localhost\Client\TrustedHosts HOST -Concatenate`), "", faultDocumented},
		{2150858981, "ERROR_WSMAN_EXPLICIT_CREDENTIALS_REQUIRED", "a Windows client sends the signed-in user's credentials over HTTP to trusted hosts only", nil, do(`New-PSSession HOST -Credential USER`), "", faultDocumented},
		{2150858985, "ERROR_WSMAN_CONFIG_CERT_CN_DOES_NOT_MATCH_HOSTNAME", "the HTTPS listener can't be made: the certificate's CN is not the host name given for it",
			do(`$c = New-SelfSignedCertificate -DnsName HOST -CertStoreLocation Cert:\LocalMachine\My`, `New-WSManInstance winrm/config/Listener -SelectorSet @{Address='*';Transport='HTTPS'} -ValueSet @{Hostname='HOST';CertificateThumbprint=$c.Thumbprint}`), nil, "certificate-name", faultDocumented},
		{2150858990, "ERROR_WSMAN_CERT_INVALID_USAGE", "the certificate for the HTTPS listener lacks the Server Authentication usage", do(`Get-ChildItem Cert:\LocalMachine\My -SSLServerAuthentication`), nil, "https-listener", faultDocumented},
		{2150858999, "ERROR_WSMAN_HTTP_INVALID_CONTENT_TYPE_IN_RESPONSE_DATA", "the answer is not of a WS-Management content type: a proxy or another web server may have answered", do(cmdListeners), do(`env | grep -i _proxy`), "wsman-url", faultDocumented},
		{2150859001, "ERROR_WSMAN_CANNOT_DECRYPT", "a sealed message could not be opened: it was changed on the way, or client and host disagree about the session", nil, nil, "negotiate-sealed", faultDocumented},
		{2150859019, "ERROR_WSMAN_KERBEROS_IPADDRESS", "Kerberos needs the host's name, not its address", nil, do(`connect by the host's DNS name`), "", faultDocumented},
		{2150859020, "ERROR_WSMAN_CLIENT_WORKGROUP_NO_KERBEROS", "a client outside of a domain has no Kerberos credentials of its own", nil, do(`New-PSSession HOST -Authentication Negotiate -Credential USER`), "", faultDocumented},
		{2150859024, "ERROR_WSMAN_UNSUPPORTED_HTTP_STATUS_REDIRECT", "the answer is a redirect, which WinRM does not follow", nil, do(`connect to the final address, path /wsman`), "wsman-url", faultDocumented},
		{2150859025, "ERROR_WSMAN_HTTP_REQUEST_TOO_LARGE_STATUS", "HTTP 413: the request exceeds the host's MaxEnvelopeSizekb", do(cmdEnvelope), nil, "", faultDocumented},
		{2150859026, "ERROR_WSMAN_HTTP_SERVICE_UNAVAILABLE_STATUS", "HTTP 503: something is registered for the URL and does not answer; the WinRM service may be down or the registration wrong",
			do(cmdRestart, `netsh http show urlacl url=http://+:5985/wsman/`), nil, "winrm-service", faultReported},
		{2150859027, "ERROR_WSMAN_HTTP_NOT_FOUND_STATUS", "HTTP 404: a web server answers, and none of its URLs is this one; the path may differ from /wsman, or the listener's address filter leaves this address out",
			do(cmdListeners, `Get-Item WSMan:\localhost\Service\IPv4Filter, WSMan:\localhost\Service\IPv6Filter`), nil, "wsman-url", faultReported},
		{2150859029, "ERROR_WSMAN_QUICK_CONFIG_FAILED_CERT_REQUIRED", "no certificate on the host suits an HTTPS listener: its CN must be the host name, its usage Server Authentication, and it must be neither expired, revoked nor self-signed",
			do(`Get-ChildItem Cert:\LocalMachine\My -SSLServerAuthentication`, `winrm quickconfig -transport:https`), nil, "https-listener", faultDocumented},
		{2150859030, "ERROR_WSMAN_QUICK_CONFIG_FIREWALL_EXCEPTIONS_DISALLOWED", "the firewall of the host allows no exceptions", do(`Get-NetFirewallProfile | Format-Table Name, AllowInboundRules`), nil, "remoting-enabled", faultDocumented},
		{2150859031, "ERROR_WSMAN_QUICK_CONFIG_LOCAL_POLICY_CHANGE_DISALLOWED", "Group Policy forbids local firewall rules", do(`gpresult /h gp.html`), nil, "remoting-enabled", faultDocumented},
		{2150859046, "ERROR_WSMAN_NETWORK_TIMEDOUT", "no answer came: the name, the network, or the firewall; the rule for public networks lets in the local subnet alone",
			do(cmdRemoting, `Set-NetFirewallRule -Name WINRM-HTTP-In-TCP-PUBLIC -RemoteAddress Any`), do(cmdReachable), "port-reachable", faultDocumented},
		{2150859113, "ERROR_WSMAN_PUBLIC_FIREWALL_PROFILE_ACTIVE", "remoting can't be enabled while a network of the host counts as public",
			do(`Get-NetConnectionProfile | Where-Object NetworkCategory -eq Public | Set-NetConnectionProfile -NetworkCategory Private`, `Enable-PSRemoting -SkipNetworkProfileCheck -Force`), nil, "client-public-network", faultDocumented},
		{2150859120, "ERROR_WSMAN_HTTP_STATUS_SERVER_ERROR", "HTTP 500 without a fault; a host that wants sealed messages is reported to answer so when they come in clear", do(cmdWinRMLog), do(`use Negotiate with message encryption, or HTTPS`), "negotiate-sealed", faultReported},
		{2150859121, "ERROR_WSMAN_HTTP_STATUS_BAD_REQUEST", "HTTP 400: with Kerberos, often a ticket too large for the HTTP server because the user is in many groups",
			do(`Get-ItemProperty HKLM:\SYSTEM\CurrentControlSet\Services\HTTP\Parameters`), nil, "", faultReported},
		{2150859123, "ERROR_WSMAN_HTML_ERROR", "the answer is HTML: another web server or a proxy is speaking", nil, do(`env | grep -i _proxy`), "wsman-url", faultBelieved},
		{2150859173, "ERROR_WSMAN_QUOTA_MAX_SHELLS", "this user has as many shells open as the host allows a user", do(cmdShells, `Set-Item WSMan:\localhost\Shell\MaxShellsPerUser 30`), do(cmdCloseOwn), "session-opens", faultDocumented},
		{2150859174, "ERROR_WSMAN_QUOTA_MAX_OPERATIONS", "this user has as many operations under way as the host allows a user", do(`Set-Item WSMan:\localhost\Service\MaxConcurrentOperationsPerUser 1500`, cmdRestart), do(cmdCloseOwn), "session-opens", faultDocumented},
		{2150859175, "ERROR_WSMAN_QUOTA_USER", "this user sends requests faster than the host allows a user", nil, do(`run fewer tasks at once against this host`), "session-opens", faultDocumented},
		{2150859176, "ERROR_WSMAN_QUOTA_SYSTEM", "the host gets more requests than its load quota allows", do(cmdShells), do(`run fewer tasks at once against this host`), "session-opens", faultDocumented},
		{2150859177, "ERROR_WSMAN_DIFFERENT_AUTHZ_TOKEN", "the user's rights changed since the last request; the next request is authorised anew", nil, do(`try again`), "", faultDocumented},
		{2150859179, "ERROR_WSMAN_QUOTA_MAX_SHELLUSERS", "as many users have shells open as the host allows", do(cmdShells, `Set-Item WSMan:\localhost\Shell\MaxConcurrentUsers 10`), do(cmdCloseOwn), "session-opens", faultDocumented},
		{2150859180, "ERROR_WSMAN_REMOTESHELLS_NOT_ALLOWED", "the host is set to accept no remote shells", do(`Set-Item WSMan:\localhost\Shell\AllowRemoteShellAccess $true`), nil, "session-opens", faultDocumented},
		{2150859192, "ERROR_SERVICE_CBT_HARDENING_INVALID", "CbtHardeningLevel takes None, Relaxed or Strict", do(`Set-Item WSMan:\localhost\Service\Auth\CbtHardeningLevel Relaxed`), nil, "", faultDocumented},
		{2150859193, "ERROR_WSMAN_NAME_NOT_RESOLVED", "the client can't resolve the host's name", nil, do(cmdResolve), "name-resolves", faultDocumented},
		{2150859194, "ERROR_WSMAN_SSL_CONNECTION_ABORTED", "no TLS connection came about: no HTTPS listener, or a certificate that is not usable with its key", do(cmdListeners, `winrm quickconfig -transport:https`), do(`openssl s_client -connect HOST:5986`), "https-listener", faultDocumented},
		{2150859195, "ERROR_WSMAN_DEFAULTAUTH_IPADDRESS", "a Windows client takes an IP address over HTTPS or from TrustedHosts only, and with credentials given", nil, do(`connect by the host's DNS name`), "", faultDocumented},
		{2150859203, "ERROR_WSMAN_RUNAS_INVALIDUSERCREDENTIALS", "the credentials stored for the session configuration to run as are not valid", do(`Set-PSSessionConfiguration NAME -RunAsCredential (Get-Credential)`), nil, "session-configuration-rights", faultDocumented},
		{2150859229, "ERROR_WSMAN_SERVICE_REMOTE_ACCESS_DISABLED", "the service is set to serve no remote requests", do(`Get-Item WSMan:\localhost\Service\AllowRemoteAccess`, cmdRemoting, `gpresult /h gp.html`), nil, "remoting-enabled", faultDocumented},
		{2150859231, "ERROR_WSMAN_CREATESHELL_RUNAS_FAILED", "the shell could not be opened as the account that the session configuration runs as: its stored password is wrong, or policy forbids storing it",
			do(`Set-PSSessionConfiguration NAME -RunAsCredential (Get-Credential)`, `gpresult /h gp.html`), nil, "session-configuration-rights", faultDocumented},
		{2150859235, "ERROR_WSMAN_REMOTE_CONNECTION_NOT_ALLOWED", "this session configuration serves local requests only", do(`Set-PSSessionConfiguration NAME -AccessMode Remote`, cmdRestart), nil, "session-configuration-rights", faultDocumented},
		{2150859236, "ERROR_WSMAN_QUOTA_MAX_SHELLS_PPQ", "this user has as many shells open in this session configuration as it allows a user", do(cmdShells, setQuota+`MaxShellsPerUser 30`, cmdRestart), do(cmdCloseOwn), "session-opens", faultDocumented},
		{2150859237, "ERROR_WSMAN_QUOTA_MAX_USERS_PPQ", "as many users work in this session configuration as it allows", do(cmdShells, setQuota+`MaxConcurrentUsers 10`, cmdRestart), do(cmdCloseOwn), "session-opens", faultDocumented},
		{2150859238, "ERROR_WSMAN_QUOTA_MAX_PLUGINSHELLS_PPQ", "as many shells are open in this session configuration as it allows altogether", do(cmdShells, setQuota+`MaxShells 30`, cmdRestart), do(cmdCloseOwn), "session-opens", faultDocumented},
		{2150859239, "ERROR_WSMAN_QUOTA_MAX_PLUGINOPERATIONS_PPQ", "as many operations are under way in this session configuration as it allows altogether", do(cmdPluginQuotas), do(cmdCloseOwn), "session-opens", faultDocumented},
		{2150859240, "ERROR_WSMAN_QUOTA_MAX_OPERATIONS_USER_PPQ", "this user has as many operations under way in this session configuration as it allows a user", do(cmdPluginQuotas), do(cmdCloseOwn), "session-opens", faultDocumented},
		{2150859241, "ERROR_WSMAN_QUOTA_MAX_COMMANDS_PER_SHELL_PPQ", "the shell runs as many commands at once as a shell may", do(setQuota+`MaxConcurrentCommandsPerShell 1000`, cmdRestart), do(cmdCloseOwn), "session-opens", faultDocumented},
		{2150859242, "ERROR_WSMAN_QUOTA_MIN_REQUIREMENT_NOT_AVAILABLE_PPQ", "the host has not enough left for one more operation", do(cmdShells, cmdPluginQuotas), do(cmdCloseOwn), "session-opens", faultDocumented},
		{2150859248, "ERROR_WSMAN_MUTUAL_AUTH_FAILED", "a Windows client could not verify who the host is", nil, do(`connect by the host's DNS name with Kerberos, or over HTTPS`), "", faultDocumented},
		{2150859256, "ERROR_WSMAN_DESTINATION_INVALID", "the destination must be a name or an address, not a URL; IPv6 in brackets", nil, do(`New-PSSession -ComputerName '[::1]' -Port 5985`), "", faultDocumented},
		{2150859257, "ERROR_WSMAN_UNSUPPORTED_FEATURE_IDENTIFY", "the host does not answer Identify: it is hardly WinRM", nil, nil, "answers-requests", faultReported},
		{2150859258, "ERROR_WSMAN_CLIENT_SESSION_UNUSABLE", "the session is of no more use, as after a restart of the service", nil, do(`open a new session`), "", faultDocumented},
		{2150859259, "ERROR_WSMAN_VIRTUALACCOUNT_NOTSUPPORTED", "the session configuration's virtual account could not be made; Microsoft's message asks for the service to run as Local System with the privilege to act as part of the operating system", do(`sc.exe qc WinRM`, `sc.exe qprivs WinRM`), nil, "session-configuration-rights", faultDocumented},
		{2150859261, "ERROR_WSMAN_RUNASUSER_MANAGEDACCOUNT_LOGON_FAILED", "the managed service account that the session configuration runs as could not log on", do(`Test-ADServiceAccount NAME`), nil, "session-configuration-rights", faultDocumented},
	}
}
