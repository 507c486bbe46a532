import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { Component, InvalidArguments, type Transform } from "./base.ts";
import { forGenerations, type Generation, generationName } from "./generation.ts";
import { logicalSuffix, previousOf, secretsProblems } from "./secrets-rules.ts";

/** One generated secret. */
export interface GeneratedSecret extends Generation {
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
  /** The secrets by name, each marked secret. A previous one that is kept has `_PREVIOUS` after its name. */
  readonly values: Readonly<Record<string, pulumi.Output<string>>>;

  /** @throws InvalidArguments before anything is created. */
  constructor(name: string, args: SecretsArgs, opts?: pulumi.ComponentResourceOptions) {
    const problems = secretsProblems(args);
    if (problems.length) throw new InvalidArguments(name, problems);
    super("breakwater:security:Secrets", name, { generate: args.generate }, opts);
    this.values = Object.fromEntries(
      Object.entries(args.generate).flatMap(([key, secret]) => {
        const { current, previous } = forGenerations(secret, (generation) => {
          const password = this.child(
            random.RandomPassword,
            generationName(logicalSuffix(key), generation),
            { length: secret.length ?? 64, special: false, keepers: { generation: String(generation) } },
            {},
            args.transform?.password,
          );
          return pulumi.secret(password.result);
        });
        return [[key, current], ...(previous ? [[previousOf(key), previous]] : [])];
      }),
    );
    this.registerOutputs({ names: Object.keys(args.generate) });
  }
}
