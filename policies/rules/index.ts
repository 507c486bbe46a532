import type { Rule } from "../rule.ts";
import { appPrivateNetwork } from "./network/app-private-network.ts";
import { databaseClusterFirewalled } from "./network/database-cluster-firewalled.ts";
import { databaseClusterPrivateNetwork } from "./network/database-cluster-private-network.ts";
import { databaseFirewallNarrow } from "./network/database-firewall-narrow.ts";
import { dropletFirewalled } from "./network/droplet-firewalled.ts";
import { dropletPrivateNetwork } from "./network/droplet-private-network.ts";
import { firewallBackendPrivate } from "./network/firewall-backend-private.ts";
import { firewallEgressNarrow } from "./network/firewall-egress-narrow.ts";
import { firewallIngressNarrow } from "./network/firewall-ingress-narrow.ts";
import { loadBalancerAllowList } from "./network/load-balancer-allow-list.ts";
import { loadBalancerPrivateNetwork } from "./network/load-balancer-private-network.ts";
import { appHttps } from "./tls/app-https.ts";
import { cdnCertificate } from "./tls/cdn-certificate.ts";
import { certificateValid } from "./tls/certificate-valid.ts";
import { databaseUriTls } from "./tls/database-uri-tls.ts";
import { loadBalancerCertificate } from "./tls/load-balancer-certificate.ts";
import { loadBalancerCiphers } from "./tls/load-balancer-ciphers.ts";
import { loadBalancerHttps } from "./tls/load-balancer-https.ts";
import { valkeyTls } from "./tls/valkey-tls.ts";

/** Every rule of the pack, in the order of the names. */
export const rules: readonly Rule[] = [
  appHttps,
  appPrivateNetwork,
  cdnCertificate,
  certificateValid,
  databaseClusterFirewalled,
  databaseClusterPrivateNetwork,
  databaseFirewallNarrow,
  databaseUriTls,
  dropletFirewalled,
  dropletPrivateNetwork,
  firewallBackendPrivate,
  firewallEgressNarrow,
  firewallIngressNarrow,
  loadBalancerAllowList,
  loadBalancerCertificate,
  loadBalancerCiphers,
  loadBalancerHttps,
  loadBalancerPrivateNetwork,
  valkeyTls,
];
