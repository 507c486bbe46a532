import assert from "node:assert/strict";
import { connect as connectPlain } from "node:net";
import { test } from "node:test";
import { rootCertificates } from "node:tls";
import { Redis, type RedisOptions } from "ioredis";
import { TestCluster, until } from "../testing.ts";
import { valkey } from "./server.ts";

const PORT = 25061;
const admin = { name: "default", password: "AVNS_first" };

const cluster = new TestCluster(valkey, { version: "8", users: [admin] });
await cluster.apply();

/** Connects as a user's program does that checks whom it talks to. */
function client(of = cluster, options: RedisOptions = {}): Redis {
  const { password } = of.spec.users[0] ?? admin;
  return new Redis({
    host: of.host,
    port: PORT,
    password,
    tls: { ca: of.spec.ca },
    lazyConnect: true,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
    ...options,
  }).on("error", () => {});
}

async function using<T>(redis: Redis, action: (redis: Redis) => Promise<T>): Promise<T> {
  try {
    await redis.connect();
    return await action(redis);
  } finally {
    redis.disconnect();
  }
}

const pidOf = async (of: TestCluster) =>
  Number(/process_id:(\d+)/.exec(await using(client(of), (redis) => redis.info("server")))?.[1]);

test("takes who knows the password and the authority, and nobody else", async () => {
  assert.equal(await using(client(), (redis) => redis.ping()), "PONG");
  assert.match(await using(client(), (redis) => redis.info("server")), /valkey_version:8\./);
  const refused = (options: RedisOptions, reason: RegExp) =>
    assert.rejects(
      new Promise((resolve, reject) => {
        const redis = client(cluster, options).on("error", reject);
        using(redis, (it) => it.ping()).then(resolve, () => {});
      }),
      reason,
    );
  await refused({ password: "wrong" }, /WRONGPASS/);
  await refused({ password: undefined }, /NOAUTH/);
  await refused({ tls: { ca: rootCertificates.slice(0, 1) } }, /unable to verify|self-signed/);
  await refused({ tls: { ca: cluster.spec.ca, servername: "other.example" } }, /does not match certificate/);
});

test("hangs up on who speaks no TLS", async () => {
  const socket = connectPlain({ host: cluster.host, port: PORT });
  const heard: Buffer[] = [];
  socket.on("data", (data) => heard.push(data)).on("error", () => {});
  socket.write("PING\r\n");
  await new Promise((resolve) => socket.on("close", resolve));
  assert.doesNotMatch(Buffer.concat(heard).toString("latin1"), /PONG|NOAUTH/);
});

test("keeps the platform's own commands from users", async () => {
  await using(client(), async (redis) => {
    for (const command of [["CONFIG", "SET", "appendonly", "no"], ["ACL", "LIST"], ["SHUTDOWN"]])
      await assert.rejects(redis.call(...(command as [string, ...string[]])), /NOPERM/);
    assert.equal(await redis.eval("return redis.call('SET', KEYS[1], 'by Lua')", 1, "lua"), "OK");
  });
});

test("carries large values whole, both ways", async () => {
  await using(client(), async (redis) => {
    const value = "0123456789abcdef".repeat(1 << 18);
    await redis.set("large", value);
    assert.equal(await redis.get("large"), value);
    assert.equal(await redis.del("large"), 1);
  });
});

test("follows the configuration without a restart where the engine can", async () => {
  const before = await pidOf(cluster);
  await using(client(), async (redis) => {
    const heard: string[] = [];
    const listener = client();
    await using(listener, async () => {
      await listener.psubscribe("__keyevent@0__:*");
      listener.on("pmessage", (_, channel) => heard.push(channel));
      await cluster.apply({
        config: {
          valkey_notify_keyspace_events: "KEA",
          valkey_maxmemory_policy: "allkeys_lru",
          valkey_timeout: 60,
        },
      });
      await redis.set("noticed", "1");
      await until(() => heard.includes("__keyevent@0__:set"));
    });
    assert.match(await redis.info("memory"), /maxmemory_policy:allkeys-lru/);
  });
  assert.equal(await pidOf(cluster), before);

  await cluster.apply({ config: { ...cluster.spec.config, valkey_number_of_databases: 2 } });
  assert.notEqual(await pidOf(cluster), before);
  await using(client(), async (redis) => {
    assert.equal(await redis.get("noticed"), "1");
    assert.equal(await redis.select(1), "OK");
    await assert.rejects(redis.select(2), /out of range/);
  });
});

test("evicts by the policy once the plan's memory is full", async () => {
  const small = new TestCluster(valkey, { version: "8", users: [admin], memoryMib: 16 });
  await small.apply();
  const fill = async (redis: Redis) => {
    for (let number = 0; number < 400; number++) await redis.set(`key ${number}`, "x".repeat(100_000));
  };
  await using(client(small), async (redis) => {
    await assert.rejects(fill(redis), /OOM command not allowed/);
    await small.apply({ config: { valkey_maxmemory_policy: "allkeys-lru" } });
    await fill(redis);
    assert.equal(await redis.exists("key 399"), 1);
    assert.equal(await redis.exists("key 0"), 0);
  });
});

test("takes the new password of a reset, and no longer the old one", async () => {
  const old = client();
  await cluster.apply({ users: [{ ...admin, password: "AVNS_second" }] });
  await assert.rejects(
    new Promise((resolve, reject) =>
      using(old.on("error", reject), (redis) => redis.ping()).then(resolve, () => {}),
    ),
    /WRONGPASS/,
  );
  assert.equal(await using(client(), (redis) => redis.ping()), "PONG");
});

test("has no plain listener but on 127.0.0.1, and takes plain clients only when TLS is off", async () => {
  await cluster.apply({ config: { valkey_ssl: false } });
  assert.equal(await using(client(cluster, { tls: undefined }), (redis) => redis.ping()), "PONG");
  await cluster.apply({ config: {} });
  assert.equal(await using(client(), (redis) => redis.ping()), "PONG");
});

test("loses no acknowledged key to kill -9 of the server, and comes back by itself", async () => {
  const pid = await pidOf(cluster);
  const acknowledged = await writeUntil(cluster, "server", 300, () => {
    process.kill(pid, "SIGKILL");
  });
  await until(async () => (await pidOf(cluster).catch(() => pid)) !== pid);
  await holdsAll(cluster, acknowledged);
});

test("loses no acknowledged key to kill -9 of everything, whether or not the server itself is hit", async () => {
  for (const hitsServer of [true, false]) {
    const kill = await cluster.elsewhere(new URL("server.ts", import.meta.url).href, "valkey");
    const pid = await pidOf(cluster);
    const acknowledged = await writeUntil(cluster, `everything ${hitsServer}`, 300, () => {
      if (hitsServer) process.kill(pid, "SIGKILL");
      return kill();
    });
    await cluster.apply();
    assert.notEqual(await pidOf(cluster), pid);
    await holdsAll(cluster, acknowledged);
  }
});

test("forgets with a restart what is not to persist", async () => {
  const volatile = new TestCluster(valkey, {
    version: "8",
    users: [admin],
    config: { valkey_persistence: "off" },
  });
  await volatile.apply();
  await using(client(volatile), (redis) => redis.set("gone", "1"));
  await volatile.server.stop();
  await volatile.apply();
  await using(client(volatile), async (redis) => {
    assert.equal(await redis.get("gone"), null);
    await redis.set("kept", "1");
    await volatile.apply({ config: { valkey_persistence: "rdb" } });
  });
  await volatile.server.stop();
  await volatile.apply();
  assert.equal(await using(client(volatile), (redis) => redis.get("kept")), "1");
});

test("forks the latest state, and goes its own way", async () => {
  await using(client(), (redis) => redis.mset("shared", "1", "list of", "2"));
  const fork = new TestCluster(
    valkey,
    {
      version: "8",
      users: [{ ...admin, password: "AVNS_fork" }],
      source: { kind: "copy", cluster: cluster.spec.id },
    },
    [cluster],
  );
  await fork.apply();
  await using(client(fork), async (redis) => {
    assert.equal(await redis.get("shared"), "1");
    await redis.set("shared", "of the fork");
  });
  assert.equal(await using(client(), (redis) => redis.get("shared")), "1");
  const pid = await pidOf(fork);
  process.kill(pid, "SIGKILL");
  await until(async () => (await pidOf(fork).catch(() => pid)) !== pid);
  await using(client(fork), async (redis) => {
    assert.equal(await redis.get("shared"), "of the fork");
    assert.equal(await redis.get("list of"), "2");
  });
});

test("has no backups", async () => {
  assert.deepEqual(cluster.server.backups(), []);
  await assert.rejects(cluster.server.backUp(), /no backups/);
});

/** Writes from several connections at once; strikes when so many were acknowledged, and returns all that were. */
async function writeUntil(
  of: TestCluster,
  prefix: string,
  count: number,
  strike: () => void | Promise<void>,
): Promise<string[]> {
  const acknowledged: string[] = [];
  let struck: void | Promise<void> | undefined;
  const write = async (writer: number) => {
    await using(client(of), async (redis) => {
      for (let number = 0; ; number++) {
        const key = `${prefix} ${writer} ${number}`;
        await redis.set(key, key);
        acknowledged.push(key);
        if (acknowledged.length === count) struck = strike();
      }
    }).catch(() => {});
  };
  await Promise.all([0, 1, 2, 3].map(write));
  await struck;
  return acknowledged;
}

async function holdsAll(of: TestCluster, keys: readonly string[]): Promise<void> {
  assert.ok(keys.length >= 300);
  const values = await using(client(of), (redis) => redis.mget([...keys]));
  assert.deepEqual(values, keys);
}
