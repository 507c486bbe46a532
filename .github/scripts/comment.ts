import { call, list, variable } from "./github.ts";
import { block, reports } from "./reports.ts";

/**
 * Posts what the checks of a pull request have found as one comment, or changes the one that is there. Which pull request it is
 * comes from GitHub's event, not from the artifact.
 */

const MARKER = "<!-- breakwater: what the checks found -->";

const titles = { "cost.txt": "Price", "policies.txt": "Policies", "rehearsal.txt": "Plan and rehearsal" };

interface PullRequest {
  number: number;
  head: { sha: string };
}

interface Comment {
  id: number;
  body: string;
  user: { login: string };
}

const sha = variable("HEAD_SHA");
const head = encodeURIComponent(`${variable("HEAD_OWNER")}:${variable("HEAD_BRANCH")}`);
const open = await list<PullRequest>(`/pulls?state=open&head=${head}`);
const current = open.filter((pull) => pull.head.sha === sha);
for (const { number } of current) await post(number, body());
console.log(
  current.length > 0
    ? `Commented on ${current.map(({ number }) => `#${number}`).join(", ")}`
    : "No open pull request has this commit at its head any more",
);

function body(): string {
  const verdict = variable("CONCLUSION") === "success" ? "All checks passed" : "Checks failed";
  const lines = [MARKER, `**${verdict}** for ${sha.slice(0, 10)} ([run](${variable("RUN_URL")})).`];
  for (const { stack, parts } of reports(variable("REPORTS"), "report", Object.keys(titles))) {
    lines.push(`### ${stack}`);
    for (const [file, title] of Object.entries(titles)) {
      const text = parts.get(file);
      if (text) lines.push(`<details><summary>${title}</summary>\n\n${block(text)}\n\n</details>`);
    }
  }
  return lines.join("\n\n");
}

async function post(number: number, body: string): Promise<void> {
  const comments = await list<Comment>(`/issues/${number}/comments`);
  const mine = comments.find(
    ({ user, body }) => user.login === "github-actions[bot]" && body.startsWith(MARKER),
  );
  if (mine) await call("PATCH", `/issues/comments/${mine.id}`, { body });
  else await call("POST", `/issues/${number}/comments`, { body });
}
