import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, beforeEach, test } from "node:test";
import { crc32, deflateRawSync } from "node:zlib";
import { type Wheel, wheel } from "./wheels.ts";

const folder = mkdtempSync(join(tmpdir(), "wheels-"));
chmodSync(folder, 0o755);
after(() => rmSync(folder, { recursive: true }));

const archive = zip([
  { name: "tool/bin/server", text: "#!/bin/sh\necho served\n".repeat(50), mode: 0o755, deflate: true },
  { name: "tool/bin/notes.txt", text: "read me", mode: 0o644, deflate: false },
  { name: "tool/other.py", text: "pass", mode: 0o644, deflate: true },
]);
const tool: Wheel = {
  name: "tool",
  version: "1.0",
  sha256: createHash("sha256").update(archive).digest("hex"),
  python: "3.11",
  members: { "tool/bin/server": "served", "tool/bin/": "all" },
};

beforeEach((context) => {
  const home = join(folder, context.name.replaceAll(" ", "-"));
  process.env.XDG_CACHE_HOME = join(home, "cache");
  process.env.PATH = join(home, "bin");
  mkdirSync(join(home, "bin"), { recursive: true });
});

test("takes the members out, once, and keeps what may be run", async () => {
  pythonThat(`[ "$2 $3" = "pip download" ] || exit 9
for last; do :; done
[ "$last" = "tool==1.0" ] || exit 9
while [ "$1" != --dest ]; do shift; done
/bin/mkdir -p "$2" && /bin/cp ${archiveFile()} "$2/tool-1.0-py3-none-any.whl"`);
  const told: string[] = [];
  const [first, second] = await Promise.all([wheel(tool, (line) => told.push(line)), wheel(tool)]);
  assert.equal(first, second);
  assert.deepEqual(told, ["Fetching tool 1.0"]);
  assert.equal(statSync(join(first, "served")).mode & 0o777, 0o755);
  assert.equal(readFileSync(join(first, "served"), "utf8").length, 22 * 50);
  assert.equal(readFileSync(join(first, "all", "notes.txt"), "utf8"), "read me");
  assert.equal(existsSync(join(first, "other.py")), false);
  pythonThat("exit 1");
  assert.equal(await wheel(tool), first);
  assert.deepEqual(readdirSync(dirname(first)), ["1.0"]);
});

test("refuses a file that is not the one", async () => {
  pythonThat(`while [ "$1" != --dest ]; do shift; done
/bin/mkdir -p "$2" && echo changed > "$2/tool-1.0-py3-none-any.whl"`);
  await assert.rejects(
    wheel(tool),
    /tool-1\.0-py3-none-any\.whl is not the file that was tested: its SHA-256 is [0-9a-f]{64}$/,
  );
  assert.equal(leftovers(), 0);
});

test("says what pip says last", async () => {
  pythonThat("echo looking >&2; echo 'ERROR: No matching distribution found' >&2; exit 1");
  await assert.rejects(wheel(tool), {
    message: "pip can't fetch tool 1.0: ERROR: No matching distribution found",
  });
  assert.equal(leftovers(), 0);
});

test("says that there is no Python", async () => {
  await assert.rejects(wheel(tool), { message: "tool 1.0 is fetched by pip, and there is no python3" });
});

test("names what the wheel lacks", async () => {
  pythonThat(`while [ "$1" != --dest ]; do shift; done
/bin/mkdir -p "$2" && /bin/cp ${archiveFile()} "$2/a.whl"`);
  await assert.rejects(wheel({ ...tool, members: { "tool/bin/client": "client" } }), {
    message: "the wheel has no tool/bin/client",
  });
  assert.equal(leftovers(), 0);
});

function pythonThat(script: string): void {
  const file = join(process.env.PATH ?? "", "python3");
  writeFileSync(file, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

function archiveFile(): string {
  const file = join(folder, "archive.zip");
  writeFileSync(file, archive);
  return file;
}

function leftovers(): number {
  return readdirSync(join(process.env.XDG_CACHE_HOME ?? "", "breakwater", "tool")).length;
}

/** A ZIP archive as Python's `zipfile` writes it. */
function zip(files: { name: string; text: string; mode: number; deflate: boolean }[]): Buffer {
  const contents: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const { name, text, mode, deflate } of files) {
    const packed = deflate ? deflateRawSync(text) : Buffer.from(text);
    const shared = Buffer.alloc(26); // from the version needed to the length of extra fields
    shared.writeUInt16LE(20, 0);
    shared.writeUInt16LE(deflate ? 8 : 0, 4);
    shared.writeUInt32LE(crc32(text), 10);
    shared.writeUInt32LE(packed.length, 14);
    shared.writeUInt32LE(Buffer.byteLength(text), 18);
    shared.writeUInt16LE(Buffer.byteLength(name), 22);
    const local = Buffer.concat([bytes(0x04034b50), shared, Buffer.from(name), packed]);
    const rest = Buffer.alloc(14); // comment, disk, attributes, and where the file is
    rest.writeUInt32LE((0o100000 | mode) * 0x10000, 6);
    rest.writeUInt32LE(at, 10);
    directory.push(Buffer.concat([bytes(0x02014b50), Buffer.from([20, 3]), shared, rest, Buffer.from(name)]));
    contents.push(local);
    at += local.length;
  }
  const end = Buffer.alloc(18);
  end.writeUInt16LE(files.length, 4);
  end.writeUInt16LE(files.length, 6);
  end.writeUInt32LE(Buffer.concat(directory).length, 8);
  end.writeUInt32LE(at, 12);
  return Buffer.concat([...contents, ...directory, bytes(0x06054b50), end]);
}

function bytes(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32LE(value);
  return buffer;
}
