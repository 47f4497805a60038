import { quoted, UsageError } from "../../../../command-line/options.ts";
import { flagOf, type RunOptions } from "./options.ts";

/** What a plan needs from the user: one option. */
export interface Need {
  readonly option: "image" | "container" | "secret" | "envFile";
  readonly name: string;
  readonly why: string;
}

/** The value of an option in a message. */
const VALUES: Readonly<Record<Need["option"], string>> = {
  image: "COMMAND",
  container: "COMMAND",
  secret: "TEXT",
  envFile: "FILE",
};

/** A plan lacks something that options give. */
export class NeedsError extends UsageError {
  readonly needs: readonly Need[];

  constructor(message: string, needs: readonly Need[]) {
    super(message);
    this.needs = needs;
  }
}

/** The words of an option on a command line. */
export const wordsOf = ({ option, name }: Need): readonly string[] => [
  `--${flagOf(option)}`,
  `${name}=${VALUES[option]}`,
];

/** The options, as if the user had given what is needed. No engine may see these values: they name nothing. */
export const withNeeds = <Options extends RunOptions>(
  options: Options,
  needs: readonly Need[],
): Options =>
  needs.reduce(
    (given, { option, name }) => ({
      ...given,
      [option]: { ...given[option], [name]: VALUES[option] },
    }),
    options,
  );

/**
 * Reads a plan as if the user had given all that it needs, to find all of that at once.
 * @param read with what it needs beside the options, as far as that is known
 * @throws what has another cause
 */
export async function collected<Result>(
  read: (needs: readonly Need[]) => Promise<Result>,
): Promise<{ readonly result: Result; readonly errors: readonly NeedsError[] }> {
  const errors: NeedsError[] = [];
  for (;;) {
    const needs = errors.flatMap((error) => error.needs);
    try {
      return { result: await read(needs), errors };
    } catch (error) {
      const isNew =
        error instanceof NeedsError &&
        error.needs.some(({ name }) => needs.every((known) => known.name !== name));
      if (!isNew) throw error;
      errors.push(error);
    }
  }
}

/**
 * Reads a plan.
 * @throws UsageError with everything that it needs
 */
export async function withoutNeeds<Result>(
  read: (needs: readonly Need[]) => Promise<Result>,
): Promise<Result> {
  const { result, errors } = await collected(read);
  const [only, other] = errors;
  if (only === undefined) return result;
  if (other === undefined) throw only;
  const needs = errors.flatMap((error) => error.needs);
  const why = [...new Set(needs.map((need) => need.why))].join("; ");
  throw new UsageError(
    `error: ${why}; give them with ${needs.flatMap(wordsOf).map(quoted).join(" ")}`,
  );
}
