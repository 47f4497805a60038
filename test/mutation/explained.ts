import type { Survivor } from "./report.ts";

/** A mutant that no test can notice, or that changes nothing that a user is told of. */
export interface Equivalent extends Pick<Survivor, "code" | "mutant"> {
  readonly why: string;
}

/** By file. */
export type Equivalents = Readonly<Record<string, readonly Equivalent[]>>;

export interface Explained {
  /** Survivors without a reason. */
  readonly unexplained: readonly Survivor[];
  /** Reasons of mutants that do not survive: a line each. */
  readonly obsolete: readonly string[];
}

/** Compares the survivors with the list. Of the list, only the files that were mutated count. */
export function explain(
  survivors: readonly Survivor[],
  equivalents: Equivalents,
  mutatedFiles: readonly string[],
): Explained {
  const unexplained = survivors.filter(
    (survivor) => !equivalents[survivor.file]?.some((each) => isSame(each, survivor)),
  );
  const obsolete = mutatedFiles.flatMap((file) =>
    (equivalents[file] ?? [])
      .filter((each) => !survivors.some((other) => other.file === file && isSame(each, other)))
      .map(({ code, mutant }) => `${file}: ${code} -> ${mutant}`),
  );
  return { unexplained, obsolete };
}

function isSame(a: Equivalent, b: Survivor): boolean {
  return a.code === b.code && a.mutant === b.mutant;
}
