import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after } from "node:test";

/** As much of GitHub's API as the scripts of the workflows call: pull requests, comments and issues of one repository, in memory. */

interface Item {
  number: number;
  title?: string;
  body?: string;
  state: string;
  user: { login: string };
}

export interface Pull {
  number: number;
  /** `owner:branch` */
  head: string;
  sha: string;
}

export class GitHub {
  readonly pulls: Pull[] = [];
  readonly issues: Item[] = [];
  readonly comments: { id: number; issue: number; body: string; user: { login: string } }[] = [];
  readonly token = "a token of this run";
  readonly bot = { login: "github-actions[bot]" };
  url = "";

  get env(): Record<string, string> {
    return { GITHUB_API_URL: this.url, GITHUB_REPOSITORY: "team/product" };
  }

  /** What a call answers; undefined is a 404. */
  answer(method: string, path: string, query: URLSearchParams, body: Record<string, string>): unknown {
    const [, number = ""] = /\/(\d+)/.exec(path) ?? [];
    const page = <T>(items: T[]) => {
      const size = Number(query.get("per_page"));
      return items.slice((Number(query.get("page")) - 1) * size, Number(query.get("page")) * size);
    };
    switch (`${method} ${path.replace(/\d+/, "N")}`) {
      case "GET /pulls":
        return page(
          this.pulls
            .filter(({ head }) => head === query.get("head"))
            .map(({ number, sha }) => ({ number, head: { sha } })),
        );
      case "GET /issues/N/comments":
        return page(this.comments.filter(({ issue }) => issue === Number(number)));
      case "POST /issues/N/comments": {
        const id = this.comments.length + 1;
        this.comments.push({ id, issue: Number(number), body: body.body ?? "", user: this.bot });
        return { id };
      }
      case "PATCH /issues/comments/N": {
        const comment = this.comments.find(({ id }) => id === Number(number));
        return comment && Object.assign(comment, body);
      }
      case "GET /issues":
        return page(
          this.issues.filter(
            ({ state, user }) => state === query.get("state") && user.login === query.get("creator"),
          ),
        );
      case "POST /issues": {
        const issue = { number: this.issues.length + 1, state: "open", user: this.bot, ...body };
        this.issues.push(issue);
        return issue;
      }
      case "PATCH /issues/N": {
        const issue = this.issues.find((candidate) => candidate.number === Number(number));
        return issue && Object.assign(issue, body);
      }
      default:
        return undefined;
    }
  }
}

/** Serves it on this machine until the file's tests have ended. */
export async function gitHub(): Promise<GitHub> {
  const it = new GitHub();
  const server = createServer(async (request, response) => {
    let text = "";
    for await (const chunk of request) text += chunk;
    const url = new URL(request.url ?? "", "http://github");
    const path = url.pathname.replace("/repos/team/product", "");
    const allowed = request.headers.authorization === `Bearer ${it.token}`;
    const answer =
      allowed && it.answer(request.method ?? "", path, url.searchParams, JSON.parse(text || "{}"));
    response.writeHead(allowed ? (answer ? 200 : 404) : 401, { "content-type": "application/json" });
    response.end(JSON.stringify(answer || { message: "no" }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  after(() => server.close());
  it.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return it;
}
