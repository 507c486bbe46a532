import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { after, before, describe, test } from "node:test";
import { type Checkout, checkout } from "./checkout.ts";

/**
 * A network of its own, with loopback and one interface to which everything else is routed. What a process sends to any address
 * outside this machine, name look-ups among it, leaves through that interface and is counted.
 */
const namespace = `
  set -e
  ip link set lo up
  ip link add outside type veth peer name sink
  sysctl -qw net.ipv6.conf.all.disable_ipv6=1
  ip link set sink up
  ip addr add 192.0.2.1/24 dev outside
  ip link set outside up
  ip route add default via 192.0.2.254 dev outside onlink
  ip neigh add 192.0.2.254 lladdr 02:00:00:00:00:01 dev outside
  sent() { awk '$1 == "outside:" { print $11 }' /proc/net/dev; }
`;

function inNamespace(script: string, cwd: string, env: NodeJS.ProcessEnv) {
  const { status, stdout, stderr } = spawnSync("unshare", ["-rn", "bash", "-c", `${namespace}\n${script}`], {
    cwd,
    env,
    encoding: "utf8",
  });
  return { code: status ?? 1, output: `${stdout}${stderr}`, stdout };
}

const possible = inNamespace("sent", "/", process.env).code === 0;

describe("stack local reaches nothing but loopback", {
  skip: possible ? false : "network namespaces are not allowed here",
}, () => {
  let it: Checkout;
  before(async () => {
    it = await checkout();
  });
  after(() => it.remove());

  test("the recorder sees a packet that leaves", () => {
    const { stdout } = inNamespace(
      "before=$(sent); (echo > /dev/udp/198.51.100.7/53) || true; echo $(($(sent) - before))",
      it.root,
      it.env,
    );
    assert.equal(stdout.trim(), "1");
  });

  test("npm start, preview, refresh, destroy and stop send no packet", () => {
    const { code, output } = inNamespace(
      `before=$(sent)
       npm start
       npm run --silent pulumi -- preview --expect-no-changes
       npm run --silent pulumi -- refresh --preview-only --expect-no-changes
       npm run --silent pulumi -- destroy --yes
       npm stop
       echo "packets sent: $(($(sent) - before))"`,
      it.root,
      it.env,
    );
    assert.equal(code, 0, output);
    assert.match(output, /packets sent: 0\n/);
  });
});
