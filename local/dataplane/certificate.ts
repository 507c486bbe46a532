import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Authority, Issued } from "../certificates.ts";
import { systemCode } from "../errors.ts";
import { writeWhole } from "../home.ts";

/** The certificate of a server for its hosts: the one in `file` as long as it is the authority's and has these hosts, else a new one. */
export function certificateIn(file: string, authority: Authority, hosts: readonly string[]): Issued {
  const kept = read(file);
  if (kept && isFor(new X509Certificate(kept.certificate), authority, hosts)) return kept;
  const issued = authority.issueServer(hosts);
  writeWhole(file, JSON.stringify(issued));
  return issued;
}

function isFor(certificate: X509Certificate, authority: Authority, hosts: readonly string[]): boolean {
  const signer = new X509Certificate(authority.certificate);
  return (
    certificate.verify(signer.publicKey) && hosts.every((host) => certificate.checkIP(host) !== undefined)
  );
}

function read(file: string): Issued | undefined {
  try {
    const { certificate, key }: Partial<Issued> = JSON.parse(readFileSync(file, "utf8"));
    return certificate && key ? { certificate, key } : undefined;
  } catch (error) {
    if (systemCode(error) === "ENOENT" || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
