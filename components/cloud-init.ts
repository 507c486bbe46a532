import { openCommand } from "./sealed.ts";

/** What a droplet is told to become at its first boot. Everyone on it can read this: secrets are in it sealed only. */

export interface CloudInit {
  /** The container image, as `docker pull` takes it. */
  image: string;
  /** Host of the registry, for which the credentials are. */
  registry: string;
  /** Port of the product, on the droplet's private address alone. */
  port: number;
  /** Names of the variables that the container gets. */
  variables: string[];
  /** The variables, and the registry's credentials, sealed. */
  sealed: string;
  /** Where the key to them lies. */
  keyUrl: string;
  /** Address of the NAT gateway inside the VPC: the key is given to who comes through it. */
  gatewayIp: string;
  /** `host:port` that gets the product's log over TLS (syslog, RFC 5424). @default the droplet's journal alone */
  syslog?: string;
}

/** DigitalOcean takes no more user data than this, in bytes. */
const LIMIT = 64 * 1024;

/** What is wrong with user data. */
export function userDataProblem(text: string): string | undefined {
  const bytes = Buffer.byteLength(text);
  if (bytes <= LIMIT) return undefined;
  return `variables come to ${bytes} bytes of user data, and DigitalOcean takes ${LIMIT}: keep large ones elsewhere`;
}

/** Variable that brings the registry's credentials to the droplet, and never to the product. */
export const registryCredentials = "BREAKWATER_REGISTRY_CREDENTIALS";

/** The user data: cloud-config, written as JSON, which is YAML. */
export function cloudInit(args: CloudInit): string {
  const file = (path: string, permissions: string, content: string) => ({ path, permissions, content });
  const config = {
    package_update: true,
    packages: ["curl", "docker.io", "iptables", "openssl", "unattended-upgrades"],
    ssh_pwauth: false,
    write_files: [
      file("/etc/ssh/sshd_config.d/10-breakwater.conf", "0600", sshd),
      file("/etc/apt/apt.conf.d/20auto-upgrades", "0644", upgrades),
      file("/etc/breakwater/settings", "0600", settings(args)),
      file("/etc/breakwater/env.sealed", "0600", args.sealed),
      file("/usr/local/sbin/breakwater-open", "0700", open),
      file("/usr/local/sbin/breakwater-run", "0700", run),
      file("/etc/systemd/system/product.service", "0644", service),
    ],
    runcmd: [
      ["systemctl", "reload-or-restart", "ssh"],
      ["systemctl", "daemon-reload"],
      ["systemctl", "enable", "--now", "--no-block", "product.service"],
    ],
  };
  return `#cloud-config\n${JSON.stringify(config, undefined, 1)}\n`;
}

const quote = (value: string) => `'${value.replaceAll("'", "'\\''")}'`;

function settings({ image, registry, port, variables, keyUrl, gatewayIp, syslog }: CloudInit): string {
  return [
    `IMAGE=${quote(image)}`,
    `REGISTRY=${quote(registry)}`,
    `PRODUCT_PORT=${port}`,
    `VARIABLES=(${variables.map(quote).join(" ")})`,
    `KEY_URL=${quote(keyUrl)}`,
    `GATEWAY=${quote(gatewayIp)}`,
    `SYSLOG=${quote(syslog ?? "")}`,
    "",
  ].join("\n");
}

const sshd = `PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
PermitEmptyPasswords no
AllowTcpForwarding no
AllowAgentForwarding no
X11Forwarding no
MaxAuthTries 3
LoginGraceTime 30
ClientAliveInterval 300
ClientAliveCountMax 2
`;

const upgrades = `APT::Periodic::Update-Package-Lists "1";
APT::Periodic::Unattended-Upgrade "1";
APT::Periodic::AutocleanInterval "7";
`;

const metadata = "http://169.254.169.254/metadata/v1/interfaces/private/0/ipv4/address";

/**
 * Fetches the key and opens the variables into memory. ROOT and ADDRESS stand in for the file system and the droplet's
 * private address when the script is tried elsewhere.
 */
const open = `#!/bin/bash
# Opens /etc/breakwater/env.sealed into /run/breakwater/env, which root alone can read and no disk keeps.
set -euo pipefail
umask 077
. "\${ROOT-}/etc/breakwater/settings"
run="\${ROOT-}/run/breakwater"
sealed="\${ROOT-}/etc/breakwater/env.sealed"
mkdir -p "$run"
address="\${ADDRESS:-$(curl -fsS --retry 30 --retry-connrefused ${metadata})}"
close() {
  rm -f "$run/key" "$run/plain"
  ip rule del pref 99 2>/dev/null || true
  ip rule del pref 100 2>/dev/null || true
}
trap close EXIT
# Spaces gives the key to the gateway's address. This one request goes that way; everything else, the product included, does not.
ip route replace default via "$GATEWAY" table 100
ip rule add pref 99 from "$address" lookup main suppress_prefixlength 0
ip rule add pref 100 from "$address" lookup 100
curl -fsS --retry "\${RETRIES:-60}" --retry-all-errors --retry-delay 2 --interface "$address" -o "$run/key" "$KEY_URL"
${openCommand('"$sealed"', '"$run/key"', '"$run/plain"')}
tail -n +2 "$run/plain" > "$run/env"
printf '%s  %s\\n' "$(head -n 1 "$run/plain")" "$run/env" | sha256sum --check --status
`;

const run = `#!/bin/bash
# Runs the product with the variables that breakwater-open has left.
set -euo pipefail
. /etc/breakwater/settings
address="$(curl -fsS --retry 30 --retry-connrefused ${metadata})"
# What the metadata service tells of a droplet, its user data included, is no container's business.
iptables -C DOCKER-USER -d 169.254.169.254 -j DROP 2>/dev/null || iptables -I DOCKER-USER -d 169.254.169.254 -j DROP
options=(--rm --init --name product --publish "$address:$PRODUCT_PORT:$PRODUCT_PORT")
options+=(--cap-drop ALL --security-opt no-new-privileges --pids-limit 1024)
if [ -n "$SYSLOG" ]; then
  options+=(--log-driver syslog --log-opt "syslog-address=tcp+tls://$SYSLOG" --log-opt syslog-format=rfc5424 --log-opt tag=product)
else
  options+=(--log-driver journald)
fi
for name in "\${VARIABLES[@]}"; do options+=(--env "$name"); done
set -a
. /run/breakwater/env
set +a
export DOCKER_CONFIG=/run/breakwater/docker
if [ -n "\${${registryCredentials}-}" ]; then
  printf '%s' "\${${registryCredentials}#*:}" |
    /usr/bin/docker login --username "\${${registryCredentials}%%:*}" --password-stdin "$REGISTRY"
fi
/usr/bin/docker pull --quiet "$IMAGE"
exec /usr/bin/docker run "\${options[@]}" "$IMAGE"
`;

const service = `[Unit]
Description=The product
Wants=network-online.target
After=network-online.target docker.service
Requires=docker.service
StartLimitIntervalSec=0

[Service]
RuntimeDirectory=breakwater
RuntimeDirectoryMode=0700
ExecStartPre=/usr/local/sbin/breakwater-open
ExecStartPre=-/usr/bin/docker rm --force product
ExecStart=/usr/local/sbin/breakwater-run
ExecStop=/usr/bin/docker stop --time 60 product
Restart=always
RestartSec=5
TimeoutStartSec=600
TimeoutStopSec=75

[Install]
WantedBy=multi-user.target
`;
