import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { change } from "../e2e/settings.ts";
import * as signIn from "./clients.ts";
import { load } from "./load.ts";
import { type Outputs, type RunbookStack, stackUp } from "./stack.ts";
import { stepsOf } from "./steps.ts";

/** The pages for a stack that runs, one after the other on one stack with the product under load: no request may fail but where a page says so. */
describe("runbooks of a running stack", () => {
  let stack: RunbookStack;
  let api: NodeJS.ProcessEnv;

  before(async () => {
    stack = await stackUp();
    const cloud = join(stack.it.home, "cloud");
    const { url } = JSON.parse(readFileSync(join(cloud, "cloud.json"), "utf8"));
    api = {
      DIGITALOCEAN_API_URL: url,
      DIGITALOCEAN_TOKEN: readFileSync(join(cloud, "token"), "utf8").trim(),
      CURL_CA: join(cloud, "authority.pem"),
    };
  });
  after(() => stack.it.remove());

  const run = (block = "", env: NodeJS.ProcessEnv = {}) => stack.step(block, { ...api, ...env });

  async function get<T>(path: string): Promise<T> {
    const { status, body } = await stack.it.api("GET", path);
    assert.equal(status, 200, path);
    return body as T;
  }

  async function up(): Promise<number> {
    return (await stack.it.pulumi("up", "--yes")).code;
  }

  /** `doadmin`'s URI of the PostgreSQL cluster, for its address inside the VPC. */
  async function administrator({ postgres }: Outputs): Promise<string> {
    type Answer = { database: { connection: { password: string } } };
    const { database } = await get<Answer>(`/v2/databases/${postgres.clusterId}`);
    const url = new URL(postgres.uri);
    url.username = "doadmin";
    url.password = database.connection.password;
    return String(url);
  }

  /** Where any S3 client reaches the buckets. */
  const spaces = async () => {
    const { stdout } = await stack.it.npm("run", "--silent", "local:env");
    return /BREAKWATER_SPACES_PROXY='([^']+)'/.exec(stdout)?.[1] ?? "";
  };

  /** Runs `work` under load. */
  async function underLoad(email: string, work: () => Promise<void>): Promise<void> {
    const people = await load(stack.call, email);
    try {
      await people.more(30);
      await work();
      await people.more(30);
    } finally {
      const { requests, failed } = await people.end();
      assert.deepEqual(failed, []);
      assert.ok(requests > 60, `${requests} requests`);
    }
  }

  test("rotate-credentials.md: all are new, all old ones are refused, no request has failed", async () => {
    const old = await stack.outputs();
    const oldAdministrator = await administrator(old);
    const ca = old.postgres.caCertificate;
    const endpoint = await spaces();
    const all = (outputs: Outputs, doadmin: string) => ({
      "a PostgreSQL user": () => signIn.postgres(outputs.postgres.uri, ca),
      "PostgreSQL's administrator": () => signIn.postgres(doadmin, ca),
      "a MongoDB user": () => signIn.mongo(outputs.mongo.uri, ca),
      Valkey: () => signIn.cache(outputs.cache.uri, ca),
      "a bucket's key": () => signIn.bucket(outputs.documents, endpoint),
    });
    for (const [what, attempt] of Object.entries(all(old, oldAdministrator)))
      await assert.doesNotReject(attempt, what);

    await underLoad("rotation@example.org", async () => {
      const [beside, gone, administrators, well, ...more] = stepsOf("rotate-credentials.md");
      assert.deepEqual(more, []);
      await run(beside, { GENERATION: "2" });
      await signIn.postgres(old.postgres.uri, ca, "select from account"); // still good, for tables that another owns
      await run(gone);
      await run(administrators);
      assert.match(await run(well), /"status":"(ok|degraded)"/); // a busy machine answers late
    });

    const now = await stack.outputs();
    const nowAdministrator = await administrator(now);
    for (const [what, attempt] of Object.entries(all(old, oldAdministrator)))
      await assert.rejects(attempt, Error, `${what} of before`);
    for (const [what, attempt] of Object.entries(all(now, nowAdministrator)))
      await assert.doesNotReject(attempt, what);
    const owners = "select distinct tableowner from pg_tables where schemaname = 'public'";
    assert.deepEqual(await signIn.postgres(now.postgres.uri, ca, owners), [{ tableowner: "app_owner" }]);
    const roles = "select rolname from pg_roles where rolname ~ '^(app|breakwater_canary)' order by 1";
    assert.deepEqual(
      (await signIn.postgres(nowAdministrator, ca, roles)).map(({ rolname }) => rolname),
      ["app-2", "app_owner", "breakwater_canary-2", "breakwater_canary_owner"],
    );
  });

  test("credential-leak.md: what leaked is refused at once, its sessions end, and the product goes on with new ones", async () => {
    const leaked = await stack.outputs();
    const ca = leaked.postgres.caCertificate;
    const endpoint = await spaces();
    const [key, user, sessions, again, secret, audit, ...more] = stepsOf("credential-leak.md");
    assert.deepEqual(more, []);

    await run(key, { LEAKED_KEY: leaked.documents.accessKeyId });
    await assert.rejects(
      signIn.bucket(leaked.documents, endpoint),
      /InvalidAccessKeyId|AccessDenied|Forbidden/,
    );

    const session = await signIn.postgresSession(leaked.postgres.uri, ca);
    await run(user, { DATABASE: "postgres", LEAKED_USER: leaked.postgres.user });
    await assert.rejects(signIn.postgres(leaked.postgres.uri, ca), /password authentication failed/);
    await session.query("select 1"); // whoever is in stays in, until
    await run(sessions, { LEAKED_USER: leaked.postgres.user });
    await assert.rejects(session.query("select 1"));
    await session.end().catch(() => {});

    await run(again, { BUCKET: "documents", GENERATION: "3" });
    const now = await stack.outputs();
    await signIn.postgres(now.postgres.uri, ca);
    await signIn.bucket(now.documents, endpoint);
    await underLoad("leak@example.org", async () => {
      await run(secret, { LEAKED_SECRET: "SECRET_KEY", GENERATION: "3" });
    });
    const events = await run(audit);
    assert.match(
      events,
      new RegExp(`/v2/databases/${now.postgres.clusterId}/events\\n.+cluster_create`, "s"),
    );
    assert.match(events, /\/deployments\n.+ACTIVE/s);
    assert.match(events, /Stack local: no drift/);
    for (const value of [now.postgres.uri, now.documents.secretAccessKey])
      assert.ok(!events.includes(value), "a secret is shown");
  });

  test("one-address-for-an-hour.md: let in and closed, also when whoever opened is gone", async () => {
    const { postgres } = await stack.outputs();
    const [open = "", close, drift, ...more] = stepsOf("one-address-for-an-hour.md");
    assert.deepEqual(more, []);
    const path = `/v2/databases/${postgres.clusterId}/firewall`;
    const before = await get(path);
    const ADDRESS = "127.0.0.9";
    const isIn = () => signIn.letsIn(postgres.uri, ADDRESS);
    const becomes = async (wanted: boolean) => {
      while ((await isIn()) !== wanted) await new Promise((resolve) => setTimeout(resolve, 50));
    };
    const visit = { DATABASE: "postgres", ADDRESS, MINUTES: "0.1" };

    assert.equal(await isIn(), false);
    const visiting = run(open, visit);
    await becomes(true);
    await visiting;
    assert.equal(await isIn(), false);
    assert.deepEqual(await get(path), before);

    const child = spawn("bash", ["-c", open], {
      ...{ cwd: stack.it.root, detached: true, stdio: "ignore" },
      env: { ...stack.it.env, ...api, ...visit },
    });
    await becomes(true);
    process.kill(-(child.pid ?? 0), "SIGKILL");
    await assert.rejects(run(drift), /has drifted(.|\n)*postgres-firewall/);
    while (await isIn()) await run(close);
    assert.deepEqual(await get(path), before);
    assert.match(await run(drift), /no drift/);

    for (const wrong of ["0.0.0.0/0", "127.0.0.1", "example.org"])
      await assert.rejects(
        run(open, { ...visit, ADDRESS: wrong }),
        /--address must be|may connect to postgres already/,
      );
    assert.deepEqual(await get(path), before);
  });

  test("bad-deploy.md: a bad migration and a bad setting, and nobody notices", async () => {
    const { compute } = await stack.outputs();
    const [deployed, back, good, well, ...more] = stepsOf("bad-deploy.md");
    assert.deepEqual(more, []);
    type Spec = { services: { envs: { key: string; value?: string }[] }[] };
    const level = async () => {
      const { app } = await get<{ app: { active_deployment: { spec: Spec } } }>(`/v2/apps/${compute.id}`);
      const [service] = app.active_deployment.spec.services;
      return service?.envs.find(({ key }) => key === "LOG_LEVEL")?.value;
    };
    await underLoad("deploy@example.org", async () => {
      change(stack.it.root, ["app", "migrateCommand"], "node no-such-migration.ts");
      assert.notEqual(await up(), 0);
      assert.match((await run(deployed)).split("\n")[0] ?? "", / ERROR /);
      change(stack.it.root, ["app", "migrateCommand"], "node migrate.ts");

      change(stack.it.root, ["app", "env"], { LOG_LEVEL: "bad" });
      assert.equal(await up(), 0);
      assert.equal(await level(), "bad");
      await run(back);
      assert.equal(await level(), undefined);
      change(stack.it.root, ["app", "env"], { LOG_LEVEL: "info" });
      await run(good);
      assert.equal(await level(), "info");
      assert.match(await run(well), /"status":"(ok|degraded)"/);
    });
    assert.equal((await stack.it.pulumi("preview", "--expect-no-changes")).code, 0);
  });

  test("database-full.md: what fills it is seen, and the disk grows under load", async () => {
    const [look, grow, grown, ...more] = stepsOf("database-full.md");
    assert.deepEqual(more, []);
    await underLoad("disk@example.org", async () => {
      const seen = await run(look);
      assert.match(seen, /^ app +\| \d+ kB/m);
      assert.match(seen, /^ resume +\| \d+ kB/m);
      await run(grow, { STORAGE_MIB: "20480" });
      assert.match(await run(grown), /^online 20480$/m);
    });
  });
});
