/**
 * Progress on stderr, so that what a command prints on stdout stays usable in a pipe.
 * A long step shows that it is alive: a line that rewrites itself on a terminal, a line every 15 s elsewhere.
 */

const terminal = process.stderr.isTTY === true;
const every = terminal ? 1_000 : 15_000;

export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

/**
 * Runs one step of a longer work.
 *
 * @param title what is being done, for example `Building Pulumi's engine`.
 * @param action the work; it may call `detail` with the latest thing that happened (`compiled 210 packages`).
 */
export async function step<T>(
  title: string,
  action: (detail: (text: string) => void) => Promise<T>,
): Promise<T> {
  const started = performance.now();
  let detail = "";
  const show = () => {
    const seconds = Math.round((performance.now() - started) / 1000);
    const line = `${title} ... ${seconds} s${detail ? `, ${detail}` : ""}`;
    process.stderr.write(terminal ? `\r\x1b[K${line}` : `${line}\n`);
  };
  if (!terminal) say(title);
  const timer = setInterval(show, every);
  try {
    return await action((text) => {
      detail = text;
    });
  } finally {
    clearInterval(timer);
    if (terminal) process.stderr.write(`\r\x1b[K${title}\n`);
  }
}
