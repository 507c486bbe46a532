// The first thing every npm command runs. Plain JavaScript for Node 20, with no dependency, because it is what
// installs the dependencies: it brings the packages and a Node that runs TypeScript, then hands over to main.ts.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { constants, homedir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const OLDEST_NODE = 20;
const WANTED_NODE = 24;
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, "node_modules");
const stamp = join(modules, ".breakwater-installed");

/** What the installed packages depend on: any change of these files asks for another install. */
function wanted() {
  const hash = createHash("sha256").update(process.platform).update(process.arch);
  for (const file of ["package-lock.json", ".npmrc"]) hash.update(readFileSync(join(root, file)));
  return hash.digest("hex");
}

const installed = () => existsSync(stamp) && readFileSync(stamp, "utf8") === wanted();

/**
 * Installs what the lock file fixes. What an interrupted earlier run has left is cleared away first. Not `npm ci`: it refuses
 * a lock file without the optional packages of other platforms, and not every registry serves them all.
 */
async function install() {
  await holding(join(root, ".installing"), async () => {
    if (installed()) return; // another command has done it while we waited
    if (!existsSync(stamp)) rmSync(modules, { recursive: true, force: true });
    say("Installing packages (first run only, about half a minute)");
    const started = Date.now();
    const alive = setInterval(() => say(`  still installing, ${seconds(started)} s`), 10_000);
    // npm runs on the PATH's Node, not on this one, which may be a package that is about to be replaced.
    const command = ["npm", "install", "--no-save", "--no-progress", "--loglevel=error"];
    const result = await run(command, { cwd: root, quiet: true });
    clearInterval(alive);
    if (interrupted) ended(interrupted);
    if (result.code !== 0) throw new Error(`the packages could not be installed: ${reason(result.output)}`);
    writeFileSync(stamp, wanted());
  });
}

/** The line of npm's complaints that says most. */
function reason(output) {
  const lines = output.split("\n").map((line) => line.replace(/^npm (error|ERR!) ?/, "").trim());
  const telling = lines.filter((line) => line && !/^(code|errno|syscall|path|A complete log)\b/.test(line));
  return telling[0] ?? "npm install failed";
}

/** One at a time: two installs in one folder would destroy each other's work. A lock of a dead process is taken over. */
async function holding(lock, action) {
  for (let told = false; ; ) {
    try {
      writeFileSync(lock, String(process.pid), { flag: "wx" });
      break;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
      const holder = Number(readIfThere(lock));
      if (!isAlive(holder)) {
        rmSync(lock, { force: true });
        continue;
      }
      if (!told) say(`Waiting for another command (process ${holder}) to install the packages`);
      told = true;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
  try {
    await action();
  } finally {
    rmSync(lock, { force: true });
  }
}

function readIfThere(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

function isAlive(pid) {
  if (!pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

/** The Node that runs the TypeScript: this one when it is new enough, else the one that the packages bring. */
function node() {
  if (Number(process.versions.node.split(".")[0]) >= WANTED_NODE) return process.execPath;
  const brought = existsSync(modules)
    ? readdirSync(modules).filter((name) => /^node-\w+-\w+$/.test(name))
    : [];
  for (const name of brought) {
    const path = join(modules, name, "bin", "node");
    if (existsSync(path)) return path;
  }
  return fail(
    `Node ${WANTED_NODE} or newer is needed, and no package brings it for ${process.platform}-${process.arch}: install it, then run the command again`,
  );
}

function run(command, { quiet = false, ...options } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command[0], command.slice(1), {
      ...options,
      stdio: quiet ? ["ignore", "pipe", "pipe"] : "inherit",
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => (output += chunk));
    // Ctrl-C reaches the child by itself: a terminal signals the whole process group. Other signals are passed on.
    const pass = (signal) => {
      interrupted = signal;
      if (signal !== "SIGINT") child.kill(signal);
    };
    for (const name of signals) process.on(name, pass);
    child.on("error", reject);
    child.on("close", (code, signal) => {
      for (const name of signals) process.off(name, pass);
      resolve({ code, signal, output });
    });
  });
}

const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
/** The signal that asked this command to end, if one did. */
let interrupted;

/** Ends as a shell reports a program that a signal ended. */
function ended(signal) {
  say(`breakwater: ended by ${signal}; run the command again, it goes on from where it stopped`);
  process.exit(128 + constants.signals[signal]);
}

const seconds = (since) => Math.round((Date.now() - since) / 1000);
const say = (line) => process.stderr.write(`${line}\n`);

function fail(line) {
  say(`breakwater: ${line}`);
  process.exit(1);
}

try {
  if (Number(process.versions.node.split(".")[0]) < OLDEST_NODE)
    fail(`Node ${process.versions.node} is too old: ${OLDEST_NODE} or newer is needed`);
  if (!installed()) await install();
  const path = node();
  // `node` on the PATH is what Pulumi's language host runs the program with.
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "breakwater", "compile");
  const env = {
    ...process.env,
    PATH: `${dirname(path)}:${process.env.PATH ?? ""}`,
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE || cache, // for this command and all that it starts
  };
  const flags = ["--disable-warning=ExperimentalWarning"];
  const { code, signal } = await run(
    [path, ...flags, join(root, "cli", "main.ts"), ...process.argv.slice(2)],
    { env },
  );
  if (signal) ended(signal);
  process.exit(code);
} catch (error) {
  fail(`${error.message}; mend that, then run the command again`);
}
