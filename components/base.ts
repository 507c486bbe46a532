import * as pulumi from "@pulumi/pulumi";
import { type CostLine, costsOf, type Line, type MonthlyCost, totalOf } from "./costs.ts";

/**
 * Changes one wrapped resource: either arguments that are laid over the component's own, or a function that gets
 * arguments, options and the logical name, and returns what shall replace them. What it leaves out stays as it is.
 */
export type Transform<A> =
  | Partial<A>
  | ((args: A, opts: pulumi.CustomResourceOptions, name: string) => Partial<Shape<A>>);

/** What a wrapped resource is made of. */
export interface Shape<A> {
  /** Arguments, as the provider's SDK has them. */
  args: A;
  /** Options; the parent is always the component. */
  opts: pulumi.CustomResourceOptions;
}

/** How a stateful resource meets its replacement and its deletion. */
export interface Protection<Part extends string = string> {
  /**
   * Refuse every update that would replace or delete the resource: the engine itself does so, in preview and in up.
   * @default true
   */
  protect?: boolean;
  /**
   * Leave the resource at DigitalOcean when it leaves the stack. It then goes on costing money until it is deleted
   * by hand. Takes effect one update after it was set, since the engine reads it from the state.
   * @default true
   */
  retain?: boolean;
  /**
   * Parts that may be replaced or deleted after all. Name them in an update of its own, which takes their protection
   * off: the engine looks at the state when a replacement takes others with it. Then make the change, then take them out
   * again.
   * @default none
   */
  allowReplace?: Part[];
}

/** The options of a stateful resource that a {@link Protection} stands for. */
export function guarded<Part extends string>(
  protection: Protection<Part> | undefined,
  ...parts: Part[]
): pulumi.CustomResourceOptions & { protect: boolean; retainOnDelete: boolean } {
  const allowed = parts.some((part) => protection?.allowReplace?.includes(part));
  return {
    protect: (protection?.protect ?? true) && !allowed,
    retainOnDelete: protection?.retain ?? true,
  };
}

/** Ends the program with its message alone, without a stack trace. */
class ProgramError extends pulumi.RunError {
  constructor(message: string) {
    super(message);
    // Of an error inside an Output the SDK would put the path of whatever awaits it in front, once for each level.
    Object.defineProperty(this, "message", { get: () => message, set: () => {} });
  }
}

/** Arguments that can't be right: one line for each problem. */
export class InvalidArguments extends ProgramError {
  constructor(component: string, problems: string[]) {
    super(problems.map((problem) => `${component}: ${problem}`).join("\n"));
  }
}

/**
 * What a function of the provider answers; when it fails, one line that says what could not be read.
 *
 * @param what what is read, for that line: `VPC 9cc10173-e9ea-4176-9dbc-a4cee4c4ff30`.
 */
export async function answerOf<T>(component: string, what: string, asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const reason = message.replace(/^invocation of \S+ returned an error: /, "");
    throw new ProgramError(
      `${component}: can't read ${what}: ${reason}. Try again, or see whether it is gone`,
    );
  }
}

/**
 * What all components share: each child is named after its component, has it as parent, and passes through the
 * caller's transform.
 */
export abstract class Component extends pulumi.ComponentResource {
  /** What it costs, line by line: none for what is free. */
  readonly costs: readonly CostLine[];
  readonly #name: string;
  readonly #dependsOn: pulumi.ComponentResourceOptions["dependsOn"];

  /**
   * @param type token `breakwater:<area>:<Name>`.
   * @param inputs what the state shows of the arguments. The engine stores it as it is: no secrets.
   * @param costs what the arguments cost, by the component's function in costs.ts.
   */
  protected constructor(
    type: `breakwater:${string}:${string}`,
    name: string,
    inputs: pulumi.Inputs,
    opts?: pulumi.ComponentResourceOptions,
    costs: Line[] = [],
  ) {
    super(type, name, inputs, opts);
    this.#name = name;
    this.costs = costsOf(name, costs);
    // The engine doesn't hand this down, and without it a deletion would not keep the order.
    this.#dependsOn = opts?.dependsOn;
  }

  /** What it costs a month. */
  get monthlyCost(): MonthlyCost {
    return totalOf(this.costs);
  }

  /** Makes a child called `<component>-<suffix>`, after the transform has had its say. */
  protected child<A, R extends pulumi.CustomResource>(
    Type: new (name: string, args: A, opts?: pulumi.CustomResourceOptions) => R,
    suffix: string,
    args: A,
    opts: pulumi.CustomResourceOptions = {},
    transform?: Transform<A>,
  ): R {
    const name = `${this.#name}-${suffix}`;
    const shaped = shape({ args, opts }, name, transform);
    if (opts.protect && !shaped.opts.protect) this.warn(`a transform takes the protection off ${name}`);
    const shared = { dependsOn: this.#dependsOn, parent: this };
    return new Type(name, shaped.args, pulumi.mergeOptions(shaped.opts, shared));
  }

  /** Says in preview and update what is less safe than it could be. */
  protected warn(message: string): void {
    pulumi.log.warn(message, this);
  }

  /** Says which protections the caller has lifted. */
  protected warnUnprotected(protection: Protection | undefined): void {
    if (protection?.protect === false) this.warn("protect is off: an update may delete or replace this");
    if (protection?.allowReplace?.length)
      this.warn(`an update may delete or replace: ${protection.allowReplace.join(", ")} (allowReplace)`);
  }
}

function shape<A>(given: Shape<A>, name: string, transform?: Transform<A>): Shape<A> {
  if (transform === undefined) return given;
  if (typeof transform !== "function") return { ...given, args: { ...given.args, ...transform } };
  return { ...given, ...transform(given.args, given.opts, name) };
}
