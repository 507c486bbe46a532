import { apiOf } from "../api.ts";
import { reason } from "../differences.ts";
import { UserError } from "../errors.ts";
import { say } from "../progress.ts";
import { succeed } from "../rehearsal.ts";
import { takeOver } from "../settle.ts";
import { openStack } from "../stack.ts";

/** Owners come before what they own: a cluster's users are found in the round after the cluster. */
const ROUNDS = 6;

/**
 * Makes the state of a stack anew: what a preview would create and the account has by the same name is imported. Only reads at
 * DigitalOcean. What is left is created by `up`: what is written as a whole (firewall rules, configuration), and new secrets.
 *
 * @throws UserError that names what can't be taken over because its secret was told once.
 */
export async function rebuild(name: string): Promise<void> {
  const api = await apiOf(name);
  const stack = await openStack(name);
  const { code, stderr } = await stack.capture(["stack", "init", name]);
  if (code !== 0 && !/already exists/.test(stderr))
    throw new UserError(`stack ${name} can't be made: ${reason(stderr)}`);
  // What is imported refers to its provider, which lives in the state alone.
  const provider = `urn:pulumi:${name}::breakwater::pulumi:providers:digitalocean::digitalocean`;
  await succeed(stack, ["up", "--yes", "--skip-preview", "--stack", name, "--target", provider]);
  const lost = new Set<string>();
  for (let round = 0; round < ROUNDS; round++) {
    const taken = await takeOver(stack, api, async (_, what) => void lost.add(what));
    if (!taken)
      throw new UserError(
        `a preview of stack ${name} fails: npm run pulumi -- preview --stack ${name} tells why`,
      );
    if (taken.length === 0) break;
    for (const each of taken) say(`  took over ${each}`);
  }
  if (lost.size > 0)
    throw new UserError(
      `${[...lost].join(", ")} can't be taken over, since what they were made with was told once: raise their generation (mongo.generation, keyGeneration), or delete by hand what keeps no data`,
    );
  say(`What is left is made by: npm run pulumi -- up --stack ${name}`);
}
