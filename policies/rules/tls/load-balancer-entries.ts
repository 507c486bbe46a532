import type { Input } from "../../input.ts";
import type { Resource } from "../../resources.ts";

/** Protocols whose TLS a balancer ends. A QUIC entry (`http3`) has TLS inside. */
const tlsProtocols = new Set(["https", "http2", "http3"]);

/** Judges each forwarding rule of a balancer that ends TLS. With `tlsPassthrough` the backend does. */
export function eachTlsEntry(balancer: Resource, judge: (entry: Input) => void): void {
  balancer.get("forwardingRules").each((entry) => {
    if (
      tlsProtocols.has(entry.get("entryProtocol").text() ?? "") &&
      entry.get("tlsPassthrough").flag() !== true
    )
      judge(entry);
  });
}
