import type { Method, Route } from "./call.ts";

export type Match =
  | { found: "route"; route: Route; params: Record<string, string> }
  | { found: "path"; allowed: Method[] }
  | { found: "nothing" };

interface Node {
  literals: Map<string, Node>;
  parameter?: { node: Node };
  routes: Map<Method, { route: Route; names: string[] }>;
}

const emptyNode = (): Node => ({ literals: new Map(), routes: new Map() });

/** Finds the route of a request: a literal segment wins over a parameter. */
export class Routes {
  readonly #root = emptyNode();

  constructor(routes: Iterable<Route>) {
    for (const route of routes) this.#add(route);
  }

  match(method: string, path: string): Match {
    // A slash at the end changes nothing: some clients ask for `/v2/droplets/` (python-digitalocean).
    const segments = path
      .replace(/(.)\/$/, "$1")
      .split("/")
      .slice(1)
      .map(decode);
    const end = walk(this.#root, segments, []);
    if (!end) return { found: "nothing" };
    const entry = end.node.routes.get(method as Method);
    if (!entry) return { found: "path", allowed: [...end.node.routes.keys()] };
    const params = Object.fromEntries(entry.names.map((name, at) => [name, end.values[at] ?? ""]));
    return { found: "route", route: entry.route, params };
  }

  #add(route: Route): void {
    const names: string[] = [];
    let node = this.#root;
    for (const segment of route.path.split("/").slice(1)) {
      if (segment.startsWith(":")) {
        names.push(segment.slice(1));
        node.parameter ??= { node: emptyNode() };
        node = node.parameter.node;
      } else {
        const next = node.literals.get(segment) ?? emptyNode();
        node.literals.set(segment, next);
        node = next;
      }
    }
    if (node.routes.has(route.method)) throw new Error(`two routes for ${route.method} ${route.path}`);
    node.routes.set(route.method, { route, names });
  }
}

/** Depth first, so that `/databases/options` does not hide `/databases/:id/users`. */
function walk(
  node: Node,
  segments: string[],
  values: string[],
): { node: Node; values: string[] } | undefined {
  const [segment, ...rest] = segments;
  if (segment === undefined) return node.routes.size > 0 ? { node, values } : undefined;
  const literal = node.literals.get(segment);
  const found = literal && walk(literal, rest, values);
  if (found) return found;
  return node.parameter && segment !== "" ? walk(node.parameter.node, rest, [...values, segment]) : undefined;
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
