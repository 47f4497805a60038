import { SrvDialError, toError } from "../base/errors.ts";
import { type DnsResolver, dnsResolver } from "../dns/dns-resolver.ts";

/** One command of `srv-dialer`. */
export interface Command {
  /** What `--help` prints. */
  readonly help: string;
  /** @returns the exit code; rejects with what went wrong */
  run(args: readonly string[]): Promise<number>;
}

/** The command was called wrongly; the message says what is allowed. */
export class UsageError extends Error {
  override readonly name = "Error";
}

export function isUsageError(error: unknown): boolean {
  if (error instanceof UsageError) return true;
  const { code } = toError(error) as { code?: unknown };
  return error instanceof SrvDialError
    ? code === "ERR_SRV_INVALID_ARG"
    : String(code).startsWith("ERR_PARSE_ARGS_");
}

/** Options that every command takes, as `parseArgs` of node:util wants them. */
export const COMMON_OPTIONS = {
  server: { type: "string", multiple: true },
  timeout: { type: "string" },
} as const;

/** The one operand of a command. Operands are not shown: a URL may hold a password. */
export function operandOf(positionals: readonly string[], what: string): string {
  const [operand] = positionals;
  if (operand !== undefined && positionals.length === 1) return operand;
  throw new UsageError(`${what} is needed, and nothing else; got ${positionals.length} operands`);
}

/** @param least the least that is allowed, in ms */
export function millisecondsOf(
  option: string,
  text: string | undefined,
  fallback: number,
  least: number,
): number {
  if (text === undefined) return fallback;
  const value = Number(text);
  if (/^\d{1,10}$/.test(text) && value >= least && value < 2 ** 31) return value;
  throw new UsageError(
    `Invalid --${option}: got ${text}; allowed: milliseconds from ${least} to ${2 ** 31 - 1}`,
  );
}

/** A resolver that asks the given servers, or the system's. */
export function resolverOf(servers: readonly string[] | undefined): DnsResolver {
  return dnsResolver(servers === undefined ? {} : { servers });
}
