import { HarnessError, type Hint } from "../../../ecs/index.ts";
import { quoted, UsageError } from "../../../../command-line/options.ts";

/** A template or a plan that cannot be used. */
export class TemplateError extends UsageError {
  /** A line for each problem, and for what solves them. */
  readonly reasons: readonly string[];

  /** @param option what gave the source; undefined if another option solves it */
  constructor(text: string, option: string | undefined, cause: unknown) {
    const reasons = text.split("\n").flatMap((line) => line.trim() || []);
    const lines = option === undefined || reasons.length === 1 ? reasons : ["", ...reasons];
    const where = option === undefined ? "" : `option ${option}: `;
    super(`error: ${where}${lines.join("\n  ")}`, { cause });
    this.reasons = reasons;
  }
}

/** Adds the option --template to an error in the template's content. */
export const asTemplateError = (error: unknown): unknown =>
  asOptionError(
    error,
    error instanceof HarnessError && error.code === "ERR_TEMPLATE" ? "--template" : undefined,
  );

/** The command-line options for those of the local ECS, with what they take. */
const OPTIONS: Readonly<Record<Hint["option"], readonly [flag: string, ...takes: string[]]>> = {
  parameters: ["--parameter", "NAME", "TEXT"],
  secrets: ["--secret", "NAME", "TEXT"],
  attributes: ["--value", "ADDRESS", "TEXT"],
  namespaces: ["--namespace", "ID", "NAME"],
  environmentFiles: ["--env-file", "NAME", "FILE"],
  "images.users": ["--user", "NAME", "1000:1000"],
  resolve: ["--resolve", "ADDRESS", "ADDRESS"],
  configuration: ["--configuration", "FOLDER"],
};

function words({ option, name }: Hint): string {
  const [flag, ...takes] = OPTIONS[option];
  const text = (name === undefined ? takes : [name, ...takes.slice(1)]).join("=");
  return `with ${flag} ${quoted(text)}`;
}

/**
 * An error of the local ECS for the command line. It becomes a usage error if an option solves it.
 * @param source the option of the template or plan, if the error is about its content
 */
export function asOptionError(error: unknown, source?: string): unknown {
  if (!(error instanceof HarnessError)) return error;
  const solved = error.hints.length > 0;
  if (!solved && source === undefined) return error;
  return new TemplateError(error.inWords(words), solved ? undefined : source, error);
}
