import { accessSync, constants, existsSync, statSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { Argument, CommanderError, InvalidArgumentError, Option } from "commander";
import { command, parse, UsageError, USAGE_ERROR } from "./arguments.ts";
import { messageOf } from "./error-text.ts";
import { visibleLines } from "./visible.ts";

export { command, parse, UsageError };

/** Reads arguments. Exits with 0 after a help text and with 2 after wrong arguments. */
export function orExit<Options>(read: () => Options): Options {
  try {
    return read();
  } catch (error) {
    if (error instanceof UsageError) {
      process.stderr.write(`${visibleLines(error.message)}\n`);
      process.exit(USAGE_ERROR);
    }
    if (error instanceof CommanderError) process.exit(error.exitCode);
    throw error;
  }
}

/** @param current gives the name for an earlier one, which is allowed too */
export function choice(
  flags: string,
  description: string,
  names: readonly string[],
  current = (name: string) => name,
): Option {
  const option = new Option(flags, description).choices([...names]);
  const { parseArg: checked } = option;
  return option.argParser((given, before) => checked?.(current(given), before));
}

export function choiceArgument(
  name: string,
  description: string,
  names: readonly string[],
): Argument {
  return new Argument(name, description).choices([...names]);
}

/** A repeatable option with the value `name=value`. */
export function assignments(flags: string, description: string): Option {
  return new Option(flags, description).argParser(assigned).default({}, "none");
}

function assigned(text: string, others: Record<string, string>): Record<string, string> {
  const [, name, value] = /^([^=]+)=(.+)$/s.exec(text) ?? [];
  if (name !== undefined && value !== undefined) return { ...others, [name]: value };
  throw new InvalidArgumentError("Allowed: NAME=VALUE.");
}

/** An option with a non-empty text. */
export function someText(flags: string, description: string): Option {
  return new Option(flags, description).argParser((given) => {
    if (given.trim() !== "") return given;
    throw new InvalidArgumentError("Allowed: non-empty text.");
  });
}

/** A repeatable option with a text. */
export function texts(flags: string, description: string): Option {
  return new Option(flags, description).argParser((text, others: readonly string[] | undefined) => [
    ...(others ?? []),
    text,
  ]);
}

const MOST = 1_000;

/** A repeatable option with the value `name=number`. */
export function counts(flags: string, description: string): Option {
  return new Option(flags, description).argParser(
    (text, others: Readonly<Record<string, number>> | undefined) => {
      const [, name, number = ""] = /^([^=]+)=(.+)$/s.exec(text) ?? [];
      if (name === undefined) throw new InvalidArgumentError("Allowed: NAME=NUMBER.");
      return { ...others, [name]: wholeIn([0, MOST], number) };
    },
  );
}

type Range = readonly [least: number, most: number];

export function wholeNumber(flags: string, description: string, range: Range): Option {
  return new Option(flags, description).argParser((text) => wholeIn(range, text));
}

/** A repeatable option with a whole number. */
export function wholeNumbers(flags: string, description: string, range: Range): Option {
  return new Option(flags, description).argParser((text, others: readonly number[] | undefined) => [
    ...(others ?? []),
    wholeIn(range, text),
  ]);
}

function wholeIn([least, most]: Range, text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new InvalidArgumentError(`Allowed: a whole number from ${least} to ${most}.`);
}

/** A word quoted for a shell. */
export const quoted = (word: string): string =>
  /^[\w./=:@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;

/** The user's folder. npm runs scripts in the package's folder. */
export const HERE = process.env["INIT_CWD"] ?? process.cwd();

/**
 * The absolute path of a file to write, relative to the user's folder.
 * @throws UsageError if the file cannot be written
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
 * The absolute path of a file to read, relative to the user's folder.
 * @throws UsageError if it cannot be read
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

/** Writes a file. @throws an error with the path; ENOSPC errors do not have it */
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
