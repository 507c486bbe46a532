import { apiOf } from "./api.ts";
import { options } from "./arguments.ts";
import { type Check, type Finding, unknown } from "./doctor/finding.ts";
import { nameChecks } from "./doctor/names.ts";
import { offerChecks } from "./doctor/offers.ts";
import { outsideChecks } from "./doctor/outside.ts";
import { quotaChecks } from "./doctor/quotas.ts";
import { storageChecks } from "./doctor/storage.ts";
import { tokenChecks } from "./doctor/token.ts";
import { messageOf } from "./errors.ts";
import { type StateResource, stateOf } from "./orphans.ts";
import { step } from "./progress.ts";
import { destination, publish, type Report, reportOptions } from "./report.ts";
import { settingsOf, stackFile, stackFileName } from "./settings.ts";
import { isLocal, openStack } from "./stack.ts";
import { checkpoint } from "./state.ts";

/** What each group of checks is called when all of it fails. */
const groups: Record<string, Check> = {
  offers: offerChecks,
  quotas: quotaChecks,
  names: nameChecks,
  outside: outsideChecks,
  storage: storageChecks,
};

/**
 * `npm run doctor -- --stack S [--dns-server IP]`: what a preview can't tell of a deployment of S: token, scopes, plans, quotas, names,
 * delegation, image, keys. Reads only. Ends with 1 when there is a problem.
 */
export async function run(args: string[]): Promise<number> {
  const given = options("run doctor", args, {
    ...reportOptions,
    "dns-server": { type: "string", multiple: true },
  });
  const to = destination(given);
  const settings = settingsOf(stackFile(given.stack), stackFileName(given.stack));
  const api = await apiOf(given.stack);
  const findings = await step(`Asking ${api.url}`, async () => {
    const owned = await ownedBy(given.stack);
    const subject = { stack: given.stack, settings, api, owned, dnsServers: given["dns-server"] };
    const token = await tokenChecks(subject);
    if (token.some(({ check, verdict }) => check === "token" && verdict === "problem")) return token;
    const all = Object.entries(groups).map(([name, check]) =>
      check(subject).catch((error) => [
        unknown(name, `this could not be asked: ${messageOf(error)}`, "try again"),
      ]),
    );
    return [...token, ...(await Promise.all(all)).flat()];
  });
  publish(doctorReport(given.stack, findings), to);
  return findings.some(({ verdict }) => verdict === "problem") ? 1 : 0;
}

/** Undefined when the stack's backend can't be asked: then what exists may be the stack's own, or not. */
async function ownedBy(name: string): Promise<StateResource[] | undefined> {
  if (isLocal(name) && !checkpoint(name)) return [];
  try {
    return await stateOf(await openStack(name));
  } catch (error) {
    return /no stack named/.test(messageOf(error)) ? [] : undefined;
  }
}

function doctorReport(stack: string, findings: Finding[]): Report {
  const problems = findings.filter(({ verdict }) => verdict === "problem").length;
  const title =
    problems === 0 ? "no problem found" : `${problems} ${problems === 1 ? "problem" : "problems"}`;
  return {
    title: `Stack ${stack}: ${title}`,
    blocks: [
      {
        list: findings.map(
          ({ check, verdict, text, fix }) =>
            `${verdict === "ok" ? "ok" : verdict}: ${check}: ${text}${fix ? ` - ${fix}` : ""}`,
        ),
      },
    ],
    data: { stack, problems, findings },
  };
}
