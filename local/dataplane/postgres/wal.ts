/** Positions in the write-ahead log, and the names of its files (https://www.postgresql.org/docs/17/wal-internals.html). */

/** `16/B374D848` as a number of bytes. */
export function parseLsn(text: string): bigint {
  const [, high, low] = /^([0-9A-F]{1,8})\/([0-9A-F]{1,8})$/i.exec(text) ?? [];
  if (high === undefined) throw new Error(`"${text}" is no position in the log`);
  return (BigInt(`0x${high}`) << 32n) | BigInt(`0x${low}`);
}

/** The file that holds the bytes from `segment * bytes` on, as a timeline wrote them. */
export function segmentName(timeline: number, segment: bigint, bytes: bigint): string {
  const perLog = 0x1_0000_0000n / bytes;
  const hex = (value: bigint) => value.toString(16).toUpperCase().padStart(8, "0");
  return hex(BigInt(timeline)) + hex(segment / perLog) + hex(segment % perLog);
}

export const isSegment = (name: string): boolean => /^[0-9A-F]{24}$/.test(name);

export function parseSegment(name: string, bytes: bigint): { timeline: number; segment: bigint } {
  const part = (index: number) => BigInt(`0x${name.slice(index * 8, index * 8 + 8)}`);
  return { timeline: Number(part(0)), segment: part(1) * (0x1_0000_0000n / bytes) + part(2) };
}

/** What a timeline grew out of: the timelines before it, each with the position where it ended. */
export interface History {
  readonly timeline: number;
  readonly before: ReadonlyArray<{ readonly timeline: number; readonly end: bigint }>;
}

export const historyName = (timeline: number): string =>
  `${timeline.toString(16).toUpperCase().padStart(8, "0")}.history`;

export function parseHistory(timeline: number, text: string): History {
  const rows = [...text.matchAll(/^\s*(\d+)\s+([0-9A-F]+\/[0-9A-F]+)/gim)];
  return {
    timeline,
    before: rows.map(([, parent, end]) => ({ timeline: Number(parent), end: parseLsn(end ?? "") })),
  };
}

/** The timeline that has the segment in the end: the newest that had begun by then. */
export function timelineOf(history: History, segment: bigint, bytes: bigint): number {
  return history.before.find(({ end }) => segment < end / bytes)?.timeline ?? history.timeline;
}
