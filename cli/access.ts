import { type Api, apiOf, get } from "./api.ts";
import { options } from "./arguments.ts";
import { UserError } from "./errors.ts";
import { at } from "./json.ts";
import { stateOf } from "./orphans.ts";
import { interruption, uninterrupted } from "./process.ts";
import { say } from "./progress.ts";
import { openStack } from "./stack.ts";

/**
 * `npm run access -- --stack S --to postgres --address A [--minutes N]` lets one address in to a database, waits, and closes again;
 * `--close` takes away what is over, of any such call. Neither settings nor state know of it: the stack's own rules stay as they are.
 *
 * Each rule says itself until when it holds, so that whoever comes by can close it: the machine that opened may be shut.
 */
export async function run(args: string[]): Promise<number> {
  const given = options("run access", args, {
    stack: { type: "string", default: "local" },
    to: { type: "string" },
    address: { type: "string" },
    minutes: { type: "string", default: "60" },
    close: { type: "boolean", default: false },
  });
  const api = await apiOf(given.stack);
  const firewalls = await firewallsOf(given.stack);
  if (given.close) return closeAll(api, firewalls);

  const { to, address } = given;
  if (!to || !address) throw new UserError("npm run access: give --to and --address, or --close");
  const cluster = firewalls.get(to)?.cluster;
  if (!cluster)
    throw new UserError(
      `stack ${given.stack} has no database ${to}: it has ${[...firewalls.keys()].join(", ")}`,
    );
  const minutes = Number(given.minutes);
  if (!(minutes > 0 && minutes <= MOST_MINUTES))
    throw new UserError(`npm run access: --minutes must be more than 0, and at most ${MOST_MINUTES}`);
  if (!ADDRESS.test(address))
    throw new UserError(
      `npm run access: --address must be one IPv4 address, such as 203.0.113.7, not ${address}`,
    );
  await uninterrupted(() => visit(api, to, cluster, address, minutes));
  return 0;
}

/** Whoever needs longer asks again. */
const MOST_MINUTES = 240;
const ADDRESS = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/;

/** A rule, as the API has it. */
interface Rule {
  uuid?: unknown;
  type: string;
  value: string;
  description?: string;
}

/** A database of the stack, and the rules that its settings give it. */
interface Firewall {
  cluster: string;
  own: Rule[];
}

const FIREWALL = "digitalocean:index/databaseFirewall:DatabaseFirewall";

/** Those in the state, by the name of the section in the settings: `postgres`. */
async function firewallsOf(name: string): Promise<Map<string, Firewall>> {
  const resources = await stateOf(await openStack(name));
  return new Map(
    resources
      .filter(({ type }) => type === FIREWALL)
      .map((resource) => {
        const section = String(at(resource, "urn")).replace(/^.*::(.+)-firewall$/, "$1");
        const { clusterId, rules } = resource.outputs ?? {};
        return [section, { cluster: String(clusterId), own: rulesIn(rules) }] as const;
      }),
  );
}

const rulesIn = (list: unknown): Rule[] =>
  (Array.isArray(list) ? list : []).map((rule) => {
    const description = at(rule, "description");
    return {
      uuid: at(rule, "uuid"),
      type: String(at(rule, "type")),
      value: String(at(rule, "value")),
      ...(typeof description === "string" && { description }),
    };
  });

const isSame = (a: Rule, b: Rule) =>
  a.type === b.type && a.value.replace(/\/32$/, "") === b.value.replace(/\/32$/, "");

async function visit(api: Api, to: string, cluster: string, address: string, minutes: number): Promise<void> {
  const mine: Rule = { type: "ip_addr", value: address };
  const before = await rulesOf(api, cluster);
  if (before.some((rule) => isSame(rule, mine) && until(rule) === undefined))
    throw new UserError(`${address} may connect to ${to} already: its settings say so, or somebody by hand`);
  const end = Date.now() + minutes * 60_000;
  const rule = { ...mine, description: `${UNTIL}${new Date(end).toISOString()}` };
  const others = before.filter((known) => !isSame(known, mine));
  try {
    await write(api, cluster, [...others, rule]);
    say(
      `breakwater: ${address} may connect to ${to} until ${new Date(end).toISOString()}; Ctrl-C closes it now`,
    );
    while (Date.now() < end && !interruption())
      await new Promise((resolve) => setTimeout(resolve, Math.min(250, end - Date.now())));
  } finally {
    const now = await rulesOf(api, cluster);
    await write(
      api,
      cluster,
      now.filter((known) => !isSame(known, mine)),
    );
    say(`breakwater: ${address} may no longer connect to ${to}`);
  }
}

/** Takes away what is over. What else the settings don't know is told, and left: `npm run drift` has it as well. */
async function closeAll(api: Api, firewalls: Map<string, Firewall>): Promise<number> {
  for (const [name, { cluster, own }] of firewalls) {
    const rules = await rulesOf(api, cluster);
    const over = rules.filter((rule) => (until(rule) ?? Number.POSITIVE_INFINITY) <= Date.now());
    if (over.length > 0)
      await write(
        api,
        cluster,
        rules.filter((rule) => !over.includes(rule)),
      );
    for (const rule of over) say(`breakwater: closed ${name} for ${rule.value}`);
    const unknown = rules.filter((rule) => !over.includes(rule) && !own.some((known) => isSame(known, rule)));
    for (const { type, value, description } of unknown)
      say(
        `breakwater: ${name} lets in ${type} ${value}${description ? ` (${description})` : ", which no setting says"}`,
      );
  }
  return 0;
}

const UNTIL = "breakwater access until ";

/** Milliseconds since 1970 until which a rule of this command holds; undefined for any other. */
function until({ description = "" }: Rule): number | undefined {
  return description.startsWith(UNTIL) ? Date.parse(description.slice(UNTIL.length)) : undefined;
}

async function rulesOf(api: Api, cluster: string): Promise<Rule[]> {
  const { status, body } = await get(api, `/v2/databases/${cluster}/firewall`);
  if (status !== 200) throw refusal("read", cluster, status, body);
  return rulesIn(at(body, "rules"));
}

/** The whole list: never an empty one, which would let everybody in. */
async function write({ url, token }: Api, cluster: string, rules: Rule[]): Promise<void> {
  if (rules.length === 0)
    throw new UserError(
      `cluster ${cluster} would have no trusted source, which lets everybody in: run up first`,
    );
  const answer = await fetch(`${url}/v2/databases/${cluster}/firewall`, {
    method: "PUT",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ rules }),
  });
  if (!answer.ok) throw refusal("change", cluster, answer.status, await answer.json().catch(() => undefined));
}

const refusal = (what: string, cluster: string, status: number, body: unknown) =>
  new UserError(
    `can't ${what} the trusted sources of cluster ${cluster}: HTTP ${status}: ${at(body, "message") ?? "no reason given"}. ` +
      "The token needs the scopes database:read and database:update",
  );
