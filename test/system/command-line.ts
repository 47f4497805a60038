import { Argument, Command, CommanderError, InvalidArgumentError, Option } from "commander";

/** What a command exits with when its arguments are wrong. */
const USAGE_ERROR = 2;

/** A command whose mistakes are told in one line, with the exit code 2. */
export function command(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .allowExcessArguments(false)
    .configureOutput({ outputError: (text, write) => write(oneLine(text)) })
    .exitOverride((error) => {
      throw error;
    });
}

/**
 * Parses arguments; ends the process where there is nothing more to do: after a help text with 0, after
 * a mistake with 2.
 */
export function parsed(program: Command, args: readonly string[]): object {
  try {
    return program.parse(args, { from: "user" }).opts();
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    process.exit(error.exitCode === 0 ? 0 : USAGE_ERROR);
  }
}

/** An option that takes one of several names. */
export function choice(flags: string, description: string, names: readonly string[]): Option {
  return new Option(flags, description).choices([...names]);
}

/** An argument that is one of several names. */
export function choiceArgument(
  name: string,
  description: string,
  names: readonly string[],
): Argument {
  return new Argument(name, description).choices([...names]);
}

/** An option that takes `name=value`, again and again. */
export function assignments(flags: string, description: string): Option {
  return new Option(flags, description).argParser(assigned).default({}, "none");
}

function assigned(text: string, others: Record<string, string>): Record<string, string> {
  const [, name, value] = /^([^=]+)=(.+)$/s.exec(text) ?? [];
  if (name !== undefined && value !== undefined) return { ...others, [name]: value };
  throw new InvalidArgumentError("Allowed is NAME=VALUE.");
}

/** An option that takes a whole number. */
export function wholeNumber(
  flags: string,
  description: string,
  [least, most]: readonly [number, number],
): Option {
  return new Option(flags, description).argParser((text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`Allowed is a whole number from ${least} to ${most}.`);
  });
}

/** Tells a mistake that only shows when options are looked at together, and ends the process. */
export function usageError(message: string): never {
  process.stderr.write(`error: ${oneLine(message)}`);
  process.exit(USAGE_ERROR);
}

function oneLine(text: string): string {
  return `${text.trim().replaceAll(/\s*\n\s*/g, " ")}\n`;
}
