/** A local cloud for one test file, with what tests need to look behind the plugins' back. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { type CloudOptions, type RunningCloud, startCloud } from "../../local/index.ts";

/** One request as the cloud has seen it. */
export interface Request {
  readonly method: string;
  readonly path: string;
  readonly status: number | "dropped";
}

export class Cloud {
  readonly url: string;
  readonly token: string;
  readonly requests: Request[];
  /** What points the provider at its Spaces; BREAKWATER_SPACES_PROXY is also the endpoint of an S3 client with path style. */
  readonly spaces: Readonly<Record<string, string>>;

  constructor({ url, token, spaces, spacesKey }: RunningCloud, requests: Request[]) {
    this.url = url;
    this.token = token;
    this.requests = requests;
    this.spaces = {
      SPACES_ENDPOINT_URL: spaces.endpoint,
      SPACES_ACCESS_KEY_ID: spacesKey.accessKeyId,
      SPACES_SECRET_ACCESS_KEY: spacesKey.secretAccessKey,
      BREAKWATER_SPACES_PROXY: spaces.proxy,
    };
  }

  /** A call of the test's own: the answer's body, empty when there is none. */
  async call<Body extends object>(method: string, path: string, body?: object): Promise<Body> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${this.token}`, "content-type": "application/json" },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return JSON.parse(text || "{}");
  }

  /** Runs `act` and gives the requests that it led to, as `POST /v2/vpcs`, in order. */
  async during(act: () => Promise<unknown>): Promise<string[]> {
    const before = this.requests.length;
    await act();
    return this.requests.slice(before).map(({ method, path }) => `${method} ${path}`);
  }

  /** Makes requests fail: see /_local/faults of the local cloud. */
  async fault(fault: object): Promise<void> {
    await this.call("POST", "/_local/faults", fault);
  }

  async clearFaults(): Promise<void> {
    await this.call("DELETE", "/_local/faults");
  }
}

/** Starts a cloud that ends with the file's tests. */
export async function cloudForTests(options: Pick<CloudOptions, "timeScale"> = {}): Promise<Cloud> {
  const home = mkdtempSync(join(tmpdir(), "conformance-cloud-"));
  const requests: Request[] = [];
  const running = await startCloud({
    ...options,
    home,
    port: 0,
    log: (line) => requests.push(JSON.parse(line)),
  });
  after(async () => {
    await running.close();
    rmSync(home, { recursive: true, force: true });
  });
  return new Cloud(running, requests);
}
