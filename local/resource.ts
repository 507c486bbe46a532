import * as z from "zod";
import { type Call, type Method, noContent, ok, type Reply, type Route } from "./call.ts";
import { type ApiError, notFound, unprocessable } from "./errors.ts";
import { parse, reference, tagList } from "./input.ts";
import { page } from "./paging.ts";
import { addTag, defaultProject, joinVpc, moveToProject, newId, tagsOf } from "./relations.ts";
import type { Draft, Saved } from "./store.ts";

/**
 * A described resource: the facts of one DigitalOcean resource from which its routes follow. `T` is what is stored
 * of it beside its id, name and time; `P` is the stored object that owns it (undefined at the top level).
 */
export interface Description<T extends object, P> {
  /** What the store and messages call it. */
  kind: string;
  /** `/v2/vpcs`; for one with an owner the part behind the owner's id: `/users`. */
  path: string;
  /** The root keys of bodies: one object, many. */
  roots: readonly [one: string, many: string];
  /** How paths address it: by its id (a new UUID) or by its name. Default "id". */
  key?: "id" | "name";
  /** The id of a new one, where it is no UUID: `newNumber(call)`, or its name. */
  newId?(draft: Draft<T>, call: Call<unknown>): string;
  /** The platform's own, which every account finds beside those in the store. */
  given?(call: Call<unknown>): Saved<T>[];
  /** What a client reads when there is none of this id. Default: its kind was not found. */
  missing?(id: string): string;
  /** What a client reads when the name is taken; without it names may repeat. */
  nameTaken?: string | ((name: string) => ApiError);

  /** The type in its URN `do:<type>:<id>`: what can be assigned, tagged, or be a member needs one. */
  urn?: string;
  /** The VPC whose member it is. */
  vpc?(item: T): string | undefined;
  /** It belongs to a project: the one that the create's `project_id` names, else the default one. */
  inProject?: true;
  /** It carries tags: those of the create's `tags`. Lists can be filtered by `tag_name`. */
  tagged?: true;

  create?: Create<T, P>;
  update?: Partial<Record<"PUT" | "PATCH", Update<T, P>>>;
  remove?: Remove<T, P>;

  /** Whether the query of a list lets one through: filters such as `?name=web`. Default: all. */
  listed?(item: Saved<T>, call: Call<P>): boolean;
  /** Lists begin with the latest. Default: in the order of creation. */
  newestFirst?: true;
  /** Lists come whole, without `links` and `meta`. */
  unpaged?: true;
  /** A read of one answers with its view alone, without the root key. */
  bare?: true;
  /** What a client sees of one. */
  view(item: Saved<T>, call: Call<P>): object;
  /** The error of a malformed or impossible request. Default 422. */
  invalid?(message: string): ApiError;
  /** Resolves a name that stands for an object's id in a path, such as `default`. */
  alias?(id: string, call: Call): string;
  /** What the console shows of one beside its name; nothing secret. */
  row?(item: Saved<T>, call: Call): Omit<ConsoleRow, "name">;
}

export interface ConsoleRow {
  name: string;
  state?: string;
  where?: string;
  address?: string;
  detail?: string;
}

export interface Create<T extends object, P> {
  input: z.ZodType;
  /** Default 201. */
  status?: number;
  make(input: unknown, call: Call<P>): Draft<T>;
  /** What comes into being with it, in the same transaction. */
  also?(item: Saved<T>, input: unknown, call: Call<P>): void;
  /** What only this one answer shows, beside the view. */
  shown?(item: Saved<T>, call: Call<P>): object;
}

export interface Update<T extends object, P> {
  input: z.ZodType;
  /** Default 200. 204 answers without a body. */
  status?: number;
  apply(item: Saved<T>, input: unknown, call: Call<P>): Saved<T>;
}

export interface Remove<T extends object, P> {
  /** Default: none. */
  reply?(item: Saved<T>, call: Call<P>): object;
  /** Default 200 with a body, 204 without one. */
  status?: number;
  /** Throws when it can't go. */
  refuse?(item: Saved<T>, call: Call<P>): void;
  /** For how many seconds it stays a member of its VPC and project after the answer. Default 0. */
  seconds?: number;
  /** Reads find it until then, as `leaving`. Default: it is gone for them at once. */
  visible?: true;
  /** What goes with it beside the objects it owns. */
  also?(item: Saved<T>, call: Call<P>): void;
}

/** Types a create's functions by its input schema. */
export function create<S extends z.ZodType, T extends object, P>(
  operation: Omit<Create<T, P>, "input" | "make" | "also"> & {
    input: S;
    make(input: z.output<S>, call: Call<P>): Draft<T>;
    also?(item: Saved<T>, input: z.output<S>, call: Call<P>): void;
  },
): Create<T, P> {
  return operation;
}

/** Types an update's function by its input schema. */
export function update<S extends z.ZodType, T extends object, P>(
  operation: Omit<Update<T, P>, "input" | "apply"> & {
    input: S;
    apply(item: Saved<T>, input: z.output<S>, call: Call<P>): Saved<T>;
  },
): Update<T, P> {
  return operation;
}

const Placement = z.object({ project_id: reference, tags: tagList });

export const resource = <T extends object>(description: Description<T, undefined>): Resource<T> =>
  new Resource(description, description.path, () => undefined);

/** A described resource at work: its routes, and what other areas may do with its objects. */
export class Resource<T extends object, P = undefined> {
  readonly about: Description<T, P>;
  /** Every described route, and those added by `on`. */
  readonly routes: Route[] = [];
  readonly #path: string;
  readonly #owner: (call: Call) => P;

  constructor(about: Description<T, P>, path: string, owner: (call: Call) => P) {
    this.about = about;
    this.#path = path;
    this.#owner = owner;
    this.#describeRoutes();
  }

  /** A resource that each object of this one has for itself and that goes with it. */
  owns<C extends object>(description: Description<C, Saved<T>>): Resource<C, Saved<T>> {
    return new Resource(description, `${this.#path}/:owner${description.path}`, (call) =>
      this.must(call, call.params.owner ?? "", ""),
    );
  }

  /** A route of one object beyond those described: `clusters.on("PUT", "/resize", Resize, (cluster, size, call) => …)`. */
  on<S extends z.ZodType>(
    method: Method,
    path: string,
    input: S,
    handle: (item: Saved<T>, input: z.output<S>, call: Call<P>) => Reply,
  ): void {
    this.#route(method, `/:id${path}`, (call) =>
      handle(this.#addressed(call), parse(input, call.body, this.about.invalid), call),
    );
  }

  /** A read of one object beyond its view: `clusters.read("/ca", (cluster, call) => …)`. */
  read(path: string, body: (item: Saved<T>, call: Call<P>) => object): void {
    this.#route("GET", `/:id${path}`, (call) => ok(body(this.#addressed(call), call)));
  }

  /** A route of the whole collection. */
  collection<S extends z.ZodType>(
    method: Method,
    input: S,
    handle: (input: z.output<S>, call: Call<P>) => Reply,
  ): void {
    this.#route(method, "", (call) => handle(parse(input, call.body, this.about.invalid), call));
  }

  /** What the console shows: the account's own objects that have no owner. */
  rows(call: Call): ConsoleRow[] {
    const { row } = this.about;
    if (!row) return [];
    const own = call.store.list<T>(this.about.kind, "");
    return own.map((item) => ({ name: item.name, ...row(item, call) }));
  }

  find(call: Call<unknown>, id: string, parent = ""): Saved<T> | undefined {
    const { key, kind, given } = this.about;
    return (
      (key === "name" ? call.store.named<T>(kind, parent, id) : call.store.get<T>(kind, parent, id)) ??
      given?.(call).find((item) => item.id === id)
    );
  }

  /** The object, or the platform's 404. */
  must(call: Call<unknown>, id: string, parent: string): Saved<T> {
    const item = this.find(call, id, parent);
    if (!item) throw notFound(this.about.missing?.(id) ?? `${this.about.kind} not found`);
    return item;
  }

  all(call: Call<unknown>, parent = ""): Saved<T>[] {
    const { given, kind, newestFirst } = this.about;
    const items = [...(given?.(call) ?? []), ...call.store.list<T>(kind, parent)];
    return newestFirst ? items.reverse() : items;
  }

  insert(call: Call<unknown>, draft: Draft<T>, parent = ""): Saved<T> {
    const id = this.about.newId?.(draft, call) ?? newId();
    const urn = this.about.urn && { urn: `do:${this.about.urn}:${id}` };
    const item: Saved<T> = { ...draft, kind: this.about.kind, id, parent, createdAt: call.now, ...urn };
    call.store.insert(item);
    this.#joinVpc(call, item);
    return item;
  }

  save(call: Call<unknown>, item: Saved<T>): Saved<T> {
    call.store.update(item);
    this.#joinVpc(call, item);
    return item;
  }

  /** Takes it away: see `Remove` for when it has left. */
  remove(call: Call<unknown>, item: Saved<T>, seconds = 0, visible = false): void {
    call.store.remove(item, call.after(seconds), visible);
  }

  /** Puts a new one into its project and under its tags; every described create does. */
  place(call: Call<unknown>, item: Saved<T>, { project_id, tags }: z.output<typeof Placement>): void {
    const { inProject, tagged, invalid = unprocessable } = this.about;
    if (!item.urn) return;
    if (inProject) {
      const project = call.store.get("project", "", project_id ?? defaultProject(call).id);
      if (!project) throw invalid(`project_id: project ${project_id} not found`);
      moveToProject(call, item.urn, project.id);
    }
    for (const tag of tagged ? tags : []) addTag(call, item.urn, tag);
  }

  #describeRoutes(): void {
    const { about } = this;
    const [one, many] = about.roots;
    const { create, update, remove } = about;
    const shown = (item: Saved<T>, call: Call<P>) => ({ [one]: about.view(item, call) });

    this.#route("GET", "", (call) => {
      const wanted = call.query.get("tag_name");
      const items = this.all(call, this.#ownerId(call)).filter(
        (item) =>
          (!about.tagged || !wanted || (item.urn && tagsOf(call, item.urn).includes(wanted))) &&
          (about.listed?.(item, call) ?? true),
      );
      const view = (item: Saved<T>) => about.view(item, call);
      return ok(about.unpaged ? { [many]: items.map(view) } : page(call, many, items, view));
    });
    this.#route("GET", "/:id", (call) => {
      const item = this.#addressed(call);
      return ok(about.bare ? about.view(item, call) : shown(item, call));
    });

    if (create)
      this.#route("POST", "", (call) => {
        const input = parse(create.input, call.body, about.invalid);
        const draft = create.make(input, call);
        this.#refuseTaken(call, draft.name);
        const item = this.insert(call, draft, this.#ownerId(call));
        this.place(call, item, parse(Placement, call.body, about.invalid));
        create.also?.(item, input, call);
        call.store.note(call.now, `created ${about.kind} ${item.name}`);
        return {
          status: create.status ?? 201,
          body: { [one]: { ...about.view(item, call), ...create.shown?.(item, call) } },
        };
      });

    for (const method of ["PUT", "PATCH"] as const) {
      const change = update?.[method];
      if (!change) continue;
      this.#route(method, "/:id", (call) => {
        const before = this.#addressed(call);
        const after = change.apply(before, parse(change.input, call.body, about.invalid), call);
        if (after.name !== before.name) this.#refuseTaken(call, after.name);
        this.save(call, after);
        call.store.note(call.now, `updated ${about.kind} ${after.name}`);
        const status = change.status ?? 200;
        return status === 204 ? noContent() : { status, body: shown(after, call) };
      });
    }

    if (remove)
      this.#route("DELETE", "/:id", (call) => {
        const item = this.#addressed(call);
        remove.refuse?.(item, call);
        remove.also?.(item, call);
        this.remove(call, item, remove.seconds, remove.visible);
        call.store.note(call.now, `deleted ${about.kind} ${item.name}`);
        const body = remove.reply?.(item, call);
        return { status: remove.status ?? (body ? 200 : 204), ...(body && { body }) };
      });
  }

  #route(method: Method, path: string, handle: (call: Call<P>) => Reply): void {
    this.routes.push({
      method,
      path: this.#path + path,
      handle: (call) => handle({ ...call, parent: this.#owner(call) }),
    });
  }

  #ownerId(call: Call<P>): string {
    return call.params.owner ?? "";
  }

  #addressed(call: Call<P>): Saved<T> {
    const id = call.params.id ?? "";
    return this.must(call, this.about.alias?.(id, { ...call, parent: undefined }) ?? id, this.#ownerId(call));
  }

  #joinVpc(call: Call<unknown>, item: Saved<T>): void {
    if (this.about.vpc && item.urn) joinVpc(call, item.urn, this.about.vpc(item));
  }

  #refuseTaken(call: Call<P>, name: string): void {
    const { nameTaken, kind, invalid = unprocessable } = this.about;
    if (nameTaken === undefined || !call.store.named(kind, this.#ownerId(call), name)) return;
    throw typeof nameTaken === "string" ? invalid(nameTaken) : nameTaken(name);
  }
}
