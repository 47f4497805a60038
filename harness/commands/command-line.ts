import { accessSync, constants, existsSync, statSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { Argument, Command, CommanderError, InvalidArgumentError, Option } from "commander";

/** What a command exits with when its arguments are wrong. */
export const USAGE_ERROR = 2;

/** A mistake in the arguments, on one line that says what is allowed. */
export class UsageError extends Error {
  override readonly name = "UsageError";
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
 * The options that are given.
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

/** Reads arguments; ends the program with 0 after a help text, with 2 after a mistake. */
export function orExit<Options>(read: () => Options): Options {
  try {
    return read();
  } catch (error) {
    if (error instanceof UsageError) {
      process.stderr.write(`${error.message}\n`);
      process.exit(USAGE_ERROR);
    }
    if (error instanceof CommanderError) process.exit(error.exitCode);
    throw error;
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

/** An option that takes some text. */
export function someText(flags: string, description: string): Option {
  return new Option(flags, description).argParser((given) => {
    if (given.trim() !== "") return given;
    throw new InvalidArgumentError("Allowed is a text that is not empty.");
  });
}

/** The least number that is allowed, and the greatest. */
type Range = readonly [least: number, most: number];

/** An option that takes a whole number. */
export function wholeNumber(flags: string, description: string, range: Range): Option {
  return new Option(flags, description).argParser((text) => wholeIn(range, text));
}

/** An option that takes whole numbers, and can be given again and again. */
export function wholeNumbers(flags: string, description: string, range: Range): Option {
  return new Option(flags, description).argParser((text, others: readonly number[] | undefined) => [
    ...(others ?? []),
    wholeIn(range, text),
  ]);
}

function wholeIn([least, most]: Range, text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new InvalidArgumentError(`Allowed is a whole number from ${least} to ${most}.`);
}

/** Where the user is: npm itself goes to the package's folder. */
export const HERE = process.env["INIT_CWD"] ?? process.cwd();

/**
 * The absolute path of a file to write, seen from where the user is.
 * @throws UsageError when nothing can be written there
 */
export function writable(option: string, file: string): string {
  const path = resolve(HERE, file);
  const folder = dirname(path);
  const problem =
    file === "" || isFolder(path)
      ? `"${file}" is not the name of a file`
      : !isFolder(folder)
        ? `there is no folder ${folder}`
        : mayWrite(existsSync(path) ? path : folder)
          ? undefined
          : `${path} cannot be written`;
  if (problem === undefined) return path;
  throw new UsageError(`error: ${option}: ${problem}`);
}

const isFolder = (path: string): boolean => existsSync(path) && statSync(path).isDirectory();

/** Writes a file that the user has named. @throws an error that names it, which one of a full disk does not */
export function writeNamed(path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${path} could not be written: ${reason}`, { cause: error });
  }
}

function mayWrite(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

export function oneLine(text: string): string {
  return text.trim().replaceAll(/\s*\n\s*/g, " ");
}
