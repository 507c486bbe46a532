import { execFileSync } from "node:child_process";
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { type Checkout, checkout } from "../e2e/checkout.ts";

/** A checkout with a history, as the runner has one. */
export interface Clone extends Checkout {
  /** Commits what was changed. */
  commit: (message: string) => void;
}

/** What a runner's environment has not: nothing of whoever runs the tests may help or harm a workflow. */
const foreign = /^(PULUMI|DIGITALOCEAN|SPACES|AWS|GIT|GITHUB|RUNNER)_/;

export async function clone(): Promise<Clone> {
  const it = await checkout();
  for (const name of Object.keys(it.env)) if (foreign.test(name)) delete it.env[name];
  const author = ["-c", "user.name=someone", "-c", "user.email=someone@example.com"];
  const git = (...args: string[]) =>
    execFileSync("git", [...author, ...args], { cwd: it.root, stdio: "pipe" });
  const commit = (message: string) => {
    git("add", "--all");
    git("commit", "--quiet", "--no-verify", "--message", message);
  };
  git("init", "--quiet");
  appendFileSync(join(it.root, ".git", "info", "exclude"), "node_modules\n"); // a link to the packages
  commit("What the target branch has");
  return { ...it, commit };
}
