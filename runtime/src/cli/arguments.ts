import { type ParseArgsConfig, parseArgs } from "node:util";
import { MAX_TIMER, nearest } from "../base/checks.ts";
import { hasCode, toError } from "../base/errors.ts";
import { nameProblem } from "../base/name.ts";
import { type DnsResolver, dnsResolver } from "../dns/resolver.ts";

/** One command of `srv-dialer`. */
export interface Command {
  /** The text that `--help` prints. */
  readonly help: string;
  /** @returns the exit code; rejects on failure */
  run(args: readonly string[]): Promise<number>;
}

/**
 * The arguments are wrong; the message says what is allowed. It does not show the arguments, as a
 * misplaced one may be a password.
 */
export class UsageError extends Error {
  override readonly name = "Error";
}

export function isUsageError(error: unknown): boolean {
  return error instanceof UsageError || hasCode(error, "ERR_SRV_INVALID_ARG");
}

type Options = NonNullable<ParseArgsConfig["options"]>;

/** Options of every command, in the form that `parseArgs` of node:util needs. */
export const COMMON_OPTIONS = {
  server: { type: "string", multiple: true },
  timeout: { type: "string" },
} as const satisfies Options;

type Parsed<T extends Options> = ReturnType<
  typeof parseArgs<{ args: string[]; options: T; allowPositionals: true }>
>;

/** The options and operands of a command. @throws {UsageError} */
export function parse<const T extends Options>(args: readonly string[], options: T): Parsed<T> {
  const config = { args: [...args], options, allowPositionals: true } as const;
  const { tokens } = parseArgs({ ...config, strict: false, tokens: true });
  const given = tokens.flatMap((token) => (token.kind === "option" ? [token] : []));
  const unknown = given.find(({ name }) => !Object.hasOwn(options, name));
  if (unknown !== undefined) {
    const known = [...Object.keys(options), "help"].map((name) => `--${name}`);
    throw unknownWord("option", unknown.rawName, known);
  }
  const once = given.filter(({ name }) => options[name]?.multiple !== true);
  const again = once.find(
    ({ name }, place) => once.findIndex((each) => each.name === name) < place,
  );
  if (again !== undefined) throw new UsageError(`${again.rawName} is given twice; allowed: once`);
  try {
    return parseArgs(config);
  } catch (error) {
    // The first sentence of Node's message names the option.
    throw new UsageError(toError(error).message.split(/\.\s/)[0]);
  }
}

/** @param kind what the word should be, such as `command` */
export function unknownWord(kind: string, word: string, known: readonly string[]): UsageError {
  // A typo is shown, as it is not a password.
  const meant = nearest(word, known);
  const shown = meant === undefined ? "" : ` ${word} (did you mean ${meant}?)`;
  return new UsageError(`unknown ${kind}${shown}; allowed: ${known.join(", ")}`);
}

/** The only operand of a command. */
export function operandOf(positionals: readonly string[], what: string): string {
  const [operand] = positionals;
  if (operand !== undefined && positionals.length === 1) return operand;
  throw new UsageError(`give ${what} and nothing else; got ${positionals.length} operands`);
}

/** The only operand of a command that takes an SRV name. */
export function nameOf(positionals: readonly string[]): string {
  const name = operandOf(positionals, "one NAME");
  const problem = nameProblem(name);
  if (problem !== undefined) throw new UsageError(`Invalid NAME; allowed: ${problem}`);
  return name;
}

/** @param least the allowed minimum in ms */
export function millisecondsOf(
  option: string,
  text: string | undefined,
  fallback: number,
  least: number,
): number {
  if (text === undefined) return fallback;
  const value = Number(text);
  if (/^\d{1,10}$/.test(text) && value >= least && value <= MAX_TIMER) return value;
  throw new UsageError(`Invalid --${option}; allowed: milliseconds from ${least} to ${MAX_TIMER}`);
}

/** A resolver for the given DNS servers, or for the system's. */
export function resolverOf(servers: readonly string[] | undefined): DnsResolver {
  if (servers === undefined) return dnsResolver();
  try {
    return dnsResolver({ servers });
  } catch {
    throw new UsageError("Invalid --server; allowed: IP, IP:PORT or [IPV6]:PORT");
  }
}
