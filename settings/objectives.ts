import { parse, type Settings } from "../settings.ts";
import { stackFileOf, table, withFigures } from "./figures.ts";
import { report } from "./problem.ts";

/** runbooks/README.md with what a recovery of each stack must achieve, and what it starts from, of the stack files. */
export const objectives = () => withFigures("runbooks/README.md", { objectives: rows });

function rows(): string {
  const columns = ["stack", "RTO, minutes", "RPO, minutes", "backups, UTC", "dumps", "canary", "recordings"];
  return table(
    columns,
    ["staging", "prod"].map((stack) => row(stack, settingsOf(stack))),
  );
}

function row(stack: string, { recovery, postgres }: Settings): string[] {
  const { objectives, canary } = recovery;
  return [
    stack,
    `${objectives.rtoMinutes}`,
    `${objectives.rpoMinutes}`,
    postgres?.provision === "managed" ? backupTime(postgres.config) : "not ours",
    dumpsOf(recovery.dumps),
    canary.enabled ? `every ${canary.periodSeconds} s` : "none",
    canary.enabled && canary.recordMinutes > 0 ? `every ${canary.recordMinutes} minutes` : "none",
  ];
}

const two = (value: number) => `${value}`.padStart(2, "0");

const backupTime = ({ backupHour, backupMinute }: { backupHour: number; backupMinute: number }) =>
  `daily, ${two(backupHour)}:${two(backupMinute)}`;

const dumpsOf = ({ recipients, everyHours, keepDays }: Settings["recovery"]["dumps"]) =>
  recipients.length === 0 ? "**none: no recipient**" : `every ${everyHours} h, kept ${keepDays} days`;

function settingsOf(stack: string): Settings {
  const { settings, problems } = parse(stackFileOf(stack).raw);
  if (settings) return settings;
  throw new Error(`Pulumi.${stack}.yaml: ${report(problems)}`);
}
