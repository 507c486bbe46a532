import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { Component, InvalidArguments, type Transform } from "./base.ts";
import { logicalSuffix, secretsProblems } from "./secrets-rules.ts";

/** One generated secret. */
export interface GeneratedSecret {
  /** 1 or more; **raising it makes a new secret**, and whatever uses it is updated in the same update. */
  generation: number;
  /** Letters and digits of the secret, 32 to 256. A change makes a new secret. @default 64, about 380 bits */
  length?: number;
}

export interface SecretsArgs {
  /**
   * Secrets by name, for example the environment variable that brings them to a process. No two may differ in nothing but
   * their capitals.
   */
  generate: Record<string, GeneratedSecret>;
  /** Changes each wrapped `password`. @default unchanged */
  transform?: { password?: Transform<random.RandomPasswordArgs> };
}

/**
 * Secrets that nobody chose and nobody needs to see. They live in the state alone, encrypted by the stack's secrets
 * provider: a lost state means new secrets.
 */
export class Secrets extends Component {
  /** The secrets by name, each marked secret. */
  readonly values: Readonly<Record<string, pulumi.Output<string>>>;

  /** @throws InvalidArguments before anything is created. */
  constructor(name: string, args: SecretsArgs, opts?: pulumi.ComponentResourceOptions) {
    const problems = secretsProblems(args);
    if (problems.length) throw new InvalidArguments(name, problems);
    super("breakwater:security:Secrets", name, { generate: args.generate }, opts);
    this.values = Object.fromEntries(
      Object.entries(args.generate).map(([key, { generation, length = 64 }]) => {
        const password = this.child(
          random.RandomPassword,
          logicalSuffix(key),
          { length, special: false, keepers: { generation: String(generation) } },
          {},
          args.transform?.password,
        );
        return [key, pulumi.secret(password.result)];
      }),
    );
    this.registerOutputs({ names: Object.keys(args.generate) });
  }
}
