/** A name that changes with its generation, so that two generations can live side by side: the first has the name itself. */
export function generationName(name: string, generation: number): string {
  return generation === 1 ? name : `${name}-${generation}`;
}

/** How a credential follows another. */
export interface Generation {
  /** 1 or more; **raising it makes new credentials**. @default 1 */
  generation?: number;
  /**
   * Let the generation before it live on beside it, so that whoever still has those credentials goes on: containers that are on their
   * way out do, after a deployment. An update without it then deletes them. @default false
   */
  keepPrevious?: boolean;
}

/** What two generations have: `current` is in use, and `previous` lives on where it is kept. */
export interface Generations<T> {
  /** Of the generation in use. */
  current: T;
  /** Of the one before it, where that is kept. */
  previous: T | undefined;
}

/** Makes what each generation that exists has of its own. */
export function forGenerations<T>(
  { generation = 1, keepPrevious = false }: Generation,
  make: (generation: number, isCurrent: boolean) => T,
): Generations<T> {
  return {
    previous: keepPrevious ? make(generation - 1, false) : undefined,
    current: make(generation, true),
  };
}

/** Both as a list, the one in use last. */
export function bothOf<T>({ previous, current }: Generations<T>): T[] {
  return previous === undefined ? [current] : [previous, current];
}

/** What is wrong with a generation. */
export function generationProblem({ generation = 1, keepPrevious }: Generation): string | undefined {
  const least = keepPrevious ? 2 : 1;
  if (Number.isInteger(generation) && generation >= least) return undefined;
  return keepPrevious ? "must be 2 or more with keepPrevious: there is none before it" : "must be 1 or more";
}

/**
 * What is wrong with the names that users of a generation get: each generation's users have names of their own.
 *
 * @param problemOf what is wrong with the name of a user.
 */
export function userNameProblem(
  users: readonly string[],
  generation: number,
  problemOf: (name: string) => string | undefined,
): string | undefined {
  const names = [...new Set(users)].map((user) => generationName(user, generation));
  for (const name of names) {
    const problem = problemOf(name);
    if (problem) return `makes the user ${name}, which ${problem}`;
  }
  const [clash] = names.filter((name) => generation > 1 && users.includes(name));
  return clash && `makes the user ${clash}, which is the name of another user`;
}
