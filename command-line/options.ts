import { accessSync, constants, existsSync, statSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { Argument, CommanderError, InvalidArgumentError, Option } from "commander";
import { command, oneLine, parse, UsageError, USAGE_ERROR } from "./arguments.ts";
import { messageOf } from "./error-text.ts";

export { command, oneLine, parse, UsageError, USAGE_ERROR };

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

/**
 * The absolute path of a file to read, seen from where the user is.
 * @throws UsageError when it cannot be read
 */
export function readable(option: string, file: string): string {
  const path = resolve(HERE, file);
  try {
    accessSync(path, constants.R_OK);
    return path;
  } catch (error) {
    const message = `error: option ${option}: cannot read ${path}: ${messageOf(error)}`;
    throw new UsageError(message, { cause: error });
  }
}

/** Writes a file that the user has named. @throws an error that names it, which one of a full disk does not */
export function writeNamed(path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (error) {
    throw new Error(`${path} could not be written: ${messageOf(error)}`, { cause: error });
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
