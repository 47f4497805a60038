import { Command, CommanderError } from "commander";

export const USAGE_ERROR = 2;

/** A wrong argument. The message is one line and says what is allowed. */
export class UsageError extends Error {
  override readonly name = "UsageError";
  readonly exitCode = USAGE_ERROR;

  /** The message without "error: ". */
  get reason(): string {
    return this.message.replace(/^error: /, "");
  }
}

/** Creates a command for {@link parse}. */
export function command(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .allowExcessArguments(false)
    .configureOutput({ writeErr: () => {} })
    .exitOverride();
}

/**
 * Returns the given options; operands are in `program.args`.
 * @throws UsageError, and CommanderError with the exit code 0 after a help text
 */
export function parse(program: Command, args: readonly string[]): object {
  try {
    return program.parse(args, { from: "user" }).opts();
  } catch (error) {
    if (!(error instanceof CommanderError) || error.exitCode === 0) throw error;
    throw new UsageError(oneLine(usageMessage(error, program)));
  }
}

/** Adds what is allowed to Commander's messages that lack it. */
function usageMessage({ code, message }: CommanderError, program: Command): string {
  switch (code) {
    case "commander.excessArguments":
      return excessArgument(program);
    case "commander.unknownOption":
      return `${message}; allowed: ${[...program.options.map(({ long }) => long), "--help"].join(", ")}`;
    case "commander.optionMissingArgument":
      return `${message}; see --help`;
    default:
      return (
        message
          .replace(
            /^error: command-argument value ('.*') is invalid for argument '(.*?)'/,
            "error: argument [$2]: $1 is invalid",
          )
          // It may be a secret.
          .replace(/^(error: option '[^']*=[^']*') argument '.*' is invalid/s, "$1: is invalid")
      );
  }
}

/** Names the first excess argument. Commander only counts them. */
function excessArgument({ args, registeredArguments: operands }: Command): string {
  const taken = operands.map((operand) => `[${operand.name()}]`).join(" ");
  const allowed = taken === "" ? "options only" : `options and ${taken}`;
  return `error: unexpected argument '${args[operands.length]}'; allowed: ${allowed}, see --help`;
}

function oneLine(text: string): string {
  return text.trim().replaceAll(/\s*\n\s*/g, " ");
}
