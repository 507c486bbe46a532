/** A name that changes with its generation, so that two generations can live side by side: the first has the name itself. */
export function generationName(name: string, generation: number): string {
  return generation === 1 ? name : `${name}-${generation}`;
}

/** What is wrong with a generation. */
export function generationProblem(generation: number): string | undefined {
  return Number.isInteger(generation) && generation >= 1 ? undefined : "must be 1 or more";
}
