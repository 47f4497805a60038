import { Command, CommanderError } from "commander";

/** What a command exits with when its arguments are wrong. */
export const USAGE_ERROR = 2;

/** A mistake in the arguments, on one line that says what is allowed. */
export class UsageError extends Error {
  override readonly name = "UsageError";
  readonly exitCode = USAGE_ERROR;
}

/** A command whose mistakes {@link parse} throws. */
export function command(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .allowExcessArguments(false)
    .configureOutput({ writeErr: () => {} })
    .exitOverride();
}

/**
 * The options that are given; the words beside them are in `program.args`.
 * @throws UsageError, and CommanderError with the exit code 0 after a help text
 */
export function parse(program: Command, args: readonly string[]): object {
  try {
    return program.parse(args, { from: "user" }).opts();
  } catch (error) {
    if (!(error instanceof CommanderError) || error.exitCode === 0) throw error;
    throw new UsageError(oneLine(inOurWords(error, program)));
  }
}

/** A message of Commander; where it does not say what is allowed, that is added. */
function inOurWords({ code, message }: CommanderError, program: Command): string {
  switch (code) {
    case "commander.excessArguments":
      return excess(program);
    case "commander.unknownOption":
      return `${message}; allowed: ${[...program.options.map(({ long }) => long), "--help"].join(", ")}`;
    case "commander.optionMissingArgument":
      return `${message}; see --help`;
    default:
      return message.replace(
        /^error: command-argument value ('.*') is invalid for argument '(.*?)'/,
        "error: argument [$2]: $1 is invalid",
      );
  }
}

/** Names the first word too many, which Commander only counts. */
function excess({ args, registeredArguments: operands }: Command): string {
  const taken = operands.map((operand) => `[${operand.name()}]`).join(" ");
  const allowed = taken === "" ? "options alone" : `options and ${taken}`;
  return `error: unexpected word '${args[operands.length]}'; allowed are ${allowed}, see --help`;
}

export function oneLine(text: string): string {
  return text.trim().replaceAll(/\s*\n\s*/g, " ");
}
