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
import { appDatabaseManaged } from "./recovery/app-database-managed.ts";
import { appHealthCheck } from "./recovery/app-health-check.ts";
import { appInstances } from "./recovery/app-instances.ts";
import { bucketLifecycle } from "./recovery/bucket-lifecycle.ts";
import { bucketVersioning } from "./recovery/bucket-versioning.ts";
import { databaseBackupHour } from "./recovery/database-backup-hour.ts";
import { databaseDumps } from "./recovery/database-dumps.ts";
import { databaseMaintenanceWindow } from "./recovery/database-maintenance-window.ts";
import { databaseRestoreDrill } from "./recovery/database-restore-drill.ts";
import { databaseStandby } from "./recovery/database-standby.ts";
import { databaseStorageAutoscale } from "./recovery/database-storage-autoscale.ts";
import { dropletBackups } from "./recovery/droplet-backups.ts";
import { dropletPoolStateless } from "./recovery/droplet-pool-stateless.ts";
import { loadBalancerNodes } from "./recovery/load-balancer-nodes.ts";
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
  appDatabaseManaged,
  appHealthCheck,
  appHttps,
  appInstances,
  appPrivateNetwork,
  bucketLifecycle,
  bucketVersioning,
  cdnCertificate,
  certificateValid,
  databaseBackupHour,
  databaseClusterFirewalled,
  databaseClusterPrivateNetwork,
  databaseDumps,
  databaseFirewallNarrow,
  databaseMaintenanceWindow,
  databaseRestoreDrill,
  databaseStandby,
  databaseStorageAutoscale,
  databaseUriTls,
  dropletBackups,
  dropletFirewalled,
  dropletPoolStateless,
  dropletPrivateNetwork,
  firewallBackendPrivate,
  firewallEgressNarrow,
  firewallIngressNarrow,
  loadBalancerAllowList,
  loadBalancerCertificate,
  loadBalancerCiphers,
  loadBalancerHttps,
  loadBalancerNodes,
  loadBalancerPrivateNetwork,
  valkeyTls,
];
