/** One line of JSON for whoever reads the app's log. It never carries data or an address: what fails is named by its kind. */
export type Log = (event: string, about?: Record<string, string | number | boolean>) => void;

export const log: Log = (event, about = {}) => {
  process.stdout.write(`${JSON.stringify({ time: new Date().toISOString(), event, ...about })}\n`);
};

/** What a thrown thing may be called in a log: its code or its name, since a message may quote data or an address. */
export function kindOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return "unknown";
  const code = "code" in thrown ? thrown.code : undefined;
  return code === undefined ? thrown.name : `${thrown.name} ${String(code)}`;
}
