/** One line of the benchmark. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  /** What the value may be at most. */
  readonly limit: number;
  readonly unit: string;
  readonly detail: string;
}

/** Of times: the middle one, or halfway between the middle two. NaN for none. */
export function median(values: readonly number[] = []): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}

/** How long something takes beside what it is held against, both in milliseconds, as medians. */
export function ratio(
  name: string,
  measured: readonly number[],
  floor: readonly number[],
  limit: number,
  more = "",
): Figure {
  const [ms, floorMs] = [median(measured), median(floor)];
  return {
    name,
    value: ms / floorMs,
    limit,
    unit: "x",
    detail: `${seconds(ms)} / ${seconds(floorMs)}${more}`,
  };
}

export const seconds = (milliseconds: number) => `${(milliseconds / 1000).toFixed(2)} s`;
