import type { Rule } from "../rule.ts";
import { appCorsNarrow } from "./access/app-cors-narrow.ts";
import { bucketAclExplicit } from "./access/bucket-acl-explicit.ts";
import { bucketCorsNarrow } from "./access/bucket-cors-narrow.ts";
import { bucketCorsPresent } from "./access/bucket-cors-present.ts";
import { bucketKey } from "./access/bucket-key.ts";
import { bucketObjectPrivate } from "./access/bucket-object-private.ts";
import { bucketPolicyPrivate } from "./access/bucket-policy-private.ts";
import { bucketPrivate } from "./access/bucket-private.ts";
import { databaseLeastPrivilege } from "./access/database-least-privilege.ts";
import { dropletImageApproved } from "./access/droplet-image-approved.ts";
import { dropletSshKeys } from "./access/droplet-ssh-keys.ts";
import { spacesKeyScoped } from "./access/spaces-key-scoped.ts";
import { sshKeyStrong } from "./access/ssh-key-strong.ts";
import { loadBalancerInUse } from "./cost/load-balancer-in-use.ts";
import { monthlyBudget } from "./cost/monthly-budget.ts";
import { reservedIpInUse } from "./cost/reserved-ip-in-use.ts";
import { appVariablesNotIgnored } from "./deletion/app-variables-not-ignored.ts";
import { bucketForceDestroy } from "./deletion/bucket-force-destroy.ts";
import { statefulProtected } from "./deletion/stateful-protected.ts";
import { bucketRegionExplicit } from "./hygiene/bucket-region-explicit.ts";
import { databasePooled } from "./hygiene/database-pooled.ts";
import { dnsSpfClosed } from "./hygiene/dns-spf-closed.ts";
import { dnsSpfHardFail } from "./hygiene/dns-spf-hard-fail.ts";
import { dnsTtl } from "./hygiene/dns-ttl.ts";
import { domainMailAuthenticated } from "./hygiene/domain-mail-authenticated.ts";
import { loadBalancerKeepalive } from "./hygiene/load-balancer-keepalive.ts";
import { regionAllowed } from "./hygiene/region-allowed.ts";
import { resourceJudged } from "./hygiene/resource-judged.ts";
import { resourceTagged } from "./hygiene/resource-tagged.ts";
import { tagFormat } from "./hygiene/tag-format.ts";
import { valkeyEviction } from "./hygiene/valkey-eviction.ts";
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
import { alertDelivered } from "./observability/alert-delivered.ts";
import { appAlerts } from "./observability/app-alerts.ts";
import { appComponentAlerts } from "./observability/app-component-alerts.ts";
import { appLogForwarding } from "./observability/app-log-forwarding.ts";
import { databaseAlerts } from "./observability/database-alerts.ts";
import { databaseLogSink } from "./observability/database-log-sink.ts";
import { dropletAlerts } from "./observability/droplet-alerts.ts";
import { dropletMonitoring } from "./observability/droplet-monitoring.ts";
import { entryUptimeChecked } from "./observability/entry-uptime-checked.ts";
import { loadBalancerAlerts } from "./observability/load-balancer-alerts.ts";
import { uptimeCheckAlerts } from "./observability/uptime-check-alerts.ts";
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
import { appVariableEncrypted } from "./secrets/app-variable-encrypted.ts";
import { credentialsInClear } from "./secrets/credentials-in-clear.ts";
import { dropletUserDataSecrets } from "./secrets/droplet-user-data-secrets.ts";
import { outputInClear } from "./secrets/output-in-clear.ts";
import { secretInputsMarked } from "./secrets/secret-inputs-marked.ts";
import { appHttps } from "./tls/app-https.ts";
import { appRedirectHttps } from "./tls/app-redirect-https.ts";
import { cdnCertificate } from "./tls/cdn-certificate.ts";
import { certificateValid } from "./tls/certificate-valid.ts";
import { databaseUriTls } from "./tls/database-uri-tls.ts";
import { loadBalancerCertificate } from "./tls/load-balancer-certificate.ts";
import { loadBalancerCiphers } from "./tls/load-balancer-ciphers.ts";
import { loadBalancerHttps } from "./tls/load-balancer-https.ts";
import { valkeyTls } from "./tls/valkey-tls.ts";
import { appImagePinned } from "./versions/app-image-pinned.ts";
import { databaseVersionEnding } from "./versions/database-version-ending.ts";
import { databaseVersionSupported } from "./versions/database-version-supported.ts";
import { dropletImageSupported } from "./versions/droplet-image-supported.ts";

/** Every rule of the pack, in the order of the names. */
export const rules: readonly Rule[] = [
  alertDelivered,
  appAlerts,
  appComponentAlerts,
  appCorsNarrow,
  appDatabaseManaged,
  appHealthCheck,
  appHttps,
  appImagePinned,
  appInstances,
  appLogForwarding,
  appPrivateNetwork,
  appRedirectHttps,
  appVariableEncrypted,
  appVariablesNotIgnored,
  bucketAclExplicit,
  bucketCorsNarrow,
  bucketCorsPresent,
  bucketForceDestroy,
  bucketKey,
  bucketLifecycle,
  bucketObjectPrivate,
  bucketPolicyPrivate,
  bucketPrivate,
  bucketRegionExplicit,
  bucketVersioning,
  cdnCertificate,
  certificateValid,
  credentialsInClear,
  databaseAlerts,
  databaseBackupHour,
  databaseClusterFirewalled,
  databaseClusterPrivateNetwork,
  databaseDumps,
  databaseFirewallNarrow,
  databaseLeastPrivilege,
  databaseLogSink,
  databaseMaintenanceWindow,
  databasePooled,
  databaseRestoreDrill,
  databaseStandby,
  databaseStorageAutoscale,
  databaseUriTls,
  databaseVersionEnding,
  databaseVersionSupported,
  dnsSpfClosed,
  dnsSpfHardFail,
  dnsTtl,
  domainMailAuthenticated,
  dropletAlerts,
  dropletBackups,
  dropletFirewalled,
  dropletImageApproved,
  dropletImageSupported,
  dropletMonitoring,
  dropletPoolStateless,
  dropletPrivateNetwork,
  dropletSshKeys,
  dropletUserDataSecrets,
  entryUptimeChecked,
  firewallBackendPrivate,
  firewallEgressNarrow,
  firewallIngressNarrow,
  loadBalancerAlerts,
  loadBalancerAllowList,
  loadBalancerCertificate,
  loadBalancerCiphers,
  loadBalancerHttps,
  loadBalancerInUse,
  loadBalancerKeepalive,
  loadBalancerNodes,
  loadBalancerPrivateNetwork,
  monthlyBudget,
  outputInClear,
  regionAllowed,
  reservedIpInUse,
  resourceJudged,
  resourceTagged,
  secretInputsMarked,
  spacesKeyScoped,
  sshKeyStrong,
  statefulProtected,
  tagFormat,
  uptimeCheckAlerts,
  valkeyEviction,
  valkeyTls,
];
