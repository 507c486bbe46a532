import { call, list, variable } from "./github.ts";
import { block, reports } from "./reports.ts";

/** One issue for each stack that drifts: opened, kept up to date, and closed when nothing differs any more. */

interface Issue {
  number: number;
  title: string;
  pull_request?: object;
}

const found = reports(variable("REPORTS"), "drift", ["verdict", "drift.txt"]);
const creator = encodeURIComponent("github-actions[bot]");
const open = await list<Issue>(`/issues?state=open&creator=${creator}`);

for (const { stack, parts } of found) {
  const title = `Stack ${stack} has drifted`;
  const issue = open.find((candidate) => candidate.title === title && !candidate.pull_request);
  const drifts = parts.get("verdict")?.trim() === "drift";
  if (drifts) {
    const body = [
      `The cloud is not as the state of stack ${stack} has it ([run](${variable("RUN_URL")})).`,
      block(parts.get("drift.txt") ?? ""),
      `To look again: \`npm run drift -- --stack ${stack}\`. To bring back what the program says: run the Deploy workflow.`,
    ].join("\n\n");
    if (issue) await call("PATCH", `/issues/${issue.number}`, { body });
    else await call("POST", "/issues", { title, body });
  } else if (issue) {
    await call("POST", `/issues/${issue.number}/comments`, {
      body: `Nothing differs any more ([run](${variable("RUN_URL")})).`,
    });
    await call("PATCH", `/issues/${issue.number}`, { state: "closed", state_reason: "completed" });
  }
  console.log(`${stack}: ${drifts ? "drift" : "no drift"}`);
}
