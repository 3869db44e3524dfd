#!/usr/bin/env bash
# identify.sh VENDOR: writes a WS-Man Identify answer (SOAP 1.2) that names VENDOR and is nobody's but ours.
set -euo pipefail

cat <<XML
<?xml version="1.0" encoding="UTF-8"?>
<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"><e:Header/><e:Body><i:IdentifyResponse xmlns:i="http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd"><i:ProtocolVersion>http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd</i:ProtocolVersion><i:ProductVendor>${1:?usage: identify.sh VENDOR}</i:ProductVendor><i:ProductVersion>1.0 interop</i:ProductVersion></i:IdentifyResponse></e:Body></e:Envelope>
XML
