import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { isSegment, parseHistory, parseLsn, parseSegment, segmentName, timelineOf } from "./wal.ts";

const bytes = fc.constantFrom(1n, 4n, 16n, 64n, 1024n).map((mib) => mib * 1024n * 1024n);

test("a segment's name tells its timeline and its place", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 0x7fffffff }),
      fc.bigInt({ min: 0n, max: 0xffff_ffffn }),
      bytes,
      (timeline, segment, size) => {
        const name = segmentName(timeline, segment, size);
        assert.ok(isSegment(name));
        assert.deepEqual(parseSegment(name, size), { timeline, segment });
      },
    ),
  );
});

test("names are PostgreSQL's own", () => {
  // select pg_walfile_name('16/B374D848') with segments of 16 MiB
  assert.equal(
    segmentName(1, parseLsn("16/B374D848") / (16n << 20n), 16n << 20n),
    "0000000100000016000000B3",
  );
});

test("a segment in which timelines changed is the later one's", () => {
  const history = parseHistory(3, "1\t0/5000000\tno recovery target specified\n2\t0/9000100\tbefore 2026\n");
  const size = 1n << 20n;
  const of = (lsn: string) => timelineOf(history, parseLsn(lsn) / size, size);
  assert.deepEqual(
    ["0/4F00000", "0/5000000", "0/8F00000", "0/9000000", "0/9100000"].map(of),
    [1, 2, 2, 3, 3],
  );
});
