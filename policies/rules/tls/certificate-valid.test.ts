import { resource, unknown } from "../../kit.ts";
import { types } from "../../resources.ts";
import { cases } from "../../testing.ts";
import { certificateValid } from "./certificate-valid.ts";

/** Made for this test with `openssl req -x509`: valid from 2026-11-24 to 2026-12-31. Its key was thrown away. */
const leafCertificate = `-----BEGIN CERTIFICATE-----
MIIBgTCCASegAwIBAgIUSwTluQBcaID3Cj5jlCG6ImvKFTMwCgYIKoZIzj0EAwIw
FjEUMBIGA1UEAwwLZXhhbXBsZS5jb20wHhcNMjYxMTI0MTIxNDMxWhcNMjYxMjMx
MTIxNDMxWjAWMRQwEgYDVQQDDAtleGFtcGxlLmNvbTBZMBMGByqGSM49AgEGCCqG
SM49AwEHA0IABFl7oSuzCPwIqQdrtP1YDPDn+As9dCrh9jo4kNYGheUZ9zoNTyFZ
98cJ6NcQh/EzyEK0Fug9TaUpmPcqnSOYkYWjUzBRMB0GA1UdDgQWBBRWBHoCX8qV
lT1pO+zPRB5+OSPk8DAfBgNVHSMEGDAWgBRWBHoCX8qVlT1pO+zPRB5+OSPk8DAP
BgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0gAMEUCIDNlSUxq9DIgNT58TpvU
/VfPgsbZydU8YQJm1C8PvgV4AiEAvQ/RPR0jwUEiHKWyg9mj6J769B339ZMXuhf1
ECG1zVA=
-----END CERTIFICATE-----`;
const own = (value: unknown) => [resource(types.certificate, { type: "custom", leafCertificate: value })];

cases(certificateValid, {
  today: new Date("2026-12-01"),
  good: {
    "one that is valid": own(leafCertificate),
    "one that renews itself": [
      resource(types.certificate, { type: "lets_encrypt", domains: ["example.com"] }),
    ],
    "nothing yet": [resource(types.certificate)],
  },
  bad: { "what is no certificate": [own("hello"), "leafCertificate", /no certificate.*PEM/] },
  unknown: { "the certificate": [own(unknown), "leafCertificate"] },
});
cases(certificateValid, {
  today: new Date("2026-12-20"),
  good: {},
  bad: { "one at its end": [own(leafCertificate), "leafCertificate", /expires on 2026-12-31.*renew/] },
});
cases(certificateValid, {
  today: new Date("2027-02-01"),
  good: {},
  bad: { "one past its end": [own(leafCertificate), "leafCertificate", /expired on 2026-12-31/] },
});
