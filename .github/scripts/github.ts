/** As much of GitHub's API as the workflows need. */

/** Ends the step with one line. */
export function fail(message: string): never {
  process.stderr.write(`::error::${message}\n`);
  process.exit(1);
}

/** A variable that the workflow sets. */
export const variable = (name: string): string => process.env[name] || fail(`${name} is not set`);

/** Calls the API of the repository that the workflow runs in. `path` begins behind `/repos/<owner>/<name>`. */
export async function call<T>(method: string, path: string, body?: object): Promise<T> {
  const answer = await fetch(`${variable("GITHUB_API_URL")}/repos/${variable("GITHUB_REPOSITORY")}${path}`, {
    method,
    headers: {
      accept: "application/vnd.github+json",
      authorization: `Bearer ${variable("GITHUB_TOKEN")}`,
      "x-github-api-version": "2022-11-28",
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  if (!answer.ok)
    fail(`${method} ${path}: GitHub answered ${answer.status} ${(await answer.text()).slice(0, 200)}`);
  return (await answer.json()) as T;
}

/** Everything of a list that comes in pages. */
export async function list<T>(path: string): Promise<T[]> {
  const all: T[] = [];
  for (let page = 1; ; page++) {
    const items = await call<T[]>("GET", `${path}${path.includes("?") ? "&" : "?"}per_page=100&page=${page}`);
    all.push(...items);
    if (items.length < 100) return all;
  }
}
