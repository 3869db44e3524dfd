// Package negotiate speaks the Negotiate scheme of HTTP: NTLM (MS-NLMP) raw or inside SPNEGO (RFC 4178, MS-SPNG), both
// as the initiating client and as the accepting host, the sealing of messages that follows, and the multipart/encrypted
// bodies (MS-WSMV) that carry sealed messages. It opens no connection and knows no SOAP.
//
// Whatever a peer sends is taken as hostile: sizes and counts are bounded, and a malformed message is an error, never a
// panic. Nothing of an Account's password leaves this package except as a keyed hash.
package negotiate
