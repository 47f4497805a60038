import { type ParseArgsConfig, parseArgs } from "node:util";
import { MAX_TIMER } from "../base/checks.ts";
import { SrvDialError, toError } from "../base/errors.ts";
import { nameProblem } from "../base/name.ts";
import { type DnsResolver, dnsResolver } from "../dns/resolver.ts";

/** The error of wrong arguments. Its message does not show them, as a misplaced one may be a password. */
export function misuse(message: string): SrvDialError {
  return SrvDialError.of("ERR_SRV_INVALID_ARG", message);
}

type Options = NonNullable<ParseArgsConfig["options"]>;

interface Arguments<T extends Options> {
  readonly values: ReturnType<typeof parseArgs<{ options: T }>>["values"];
  readonly operand: string;
  readonly timeout: number;
  readonly servers: readonly string[] | undefined;
  readonly resolver: DnsResolver;
}

const COMMON = {
  server: { type: "string", multiple: true },
  timeout: { type: "string" },
} as const satisfies Options;

/** The arguments of a command with one operand. @param timeout the default of `--timeout` in ms */
export function parse<const T extends Options>(
  args: readonly string[],
  operand: "NAME" | "URL" | "NAME or URL",
  timeout: number,
  options: T,
): Arguments<T> {
  const { values, positionals } = parseStrictly(args, { ...COMMON, ...options });
  const [word, ...others] = positionals;
  if (word === undefined || others.length > 0) {
    throw misuse(`give one ${operand} and nothing else; got ${positionals.length}`);
  }
  const isUrl = operand === "URL" || (operand === "NAME or URL" && word.includes("://"));
  const problem = isUrl ? undefined : nameProblem(word);
  if (problem !== undefined) throw misuse(`Invalid NAME; allowed: ${problem}`);
  const { server: servers, timeout: text } = values as { server?: string[]; timeout?: string };
  const ms = millisecondsOf("timeout", text, timeout, 1);
  return { values, operand: word, timeout: ms, servers, resolver: resolverOf(servers) };
}

function parseStrictly<const T extends Options>(args: readonly string[], options: T) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    const { message } = toError(error);
    // The first sentence of Node's other messages names the option, and not its value.
    if (!message.startsWith("Unknown option")) throw misuse(message.split(/\.\s/)[0] ?? "");
    const allowed = [...Object.keys(options), "help"].map((name) => `--${name}`);
    throw misuse(`unknown option; allowed: ${allowed.join(", ")}`);
  }
}

export function millisecondsOf(
  option: string,
  text: string | undefined,
  fallback: number,
  least: number,
): number {
  if (text === undefined) return fallback;
  const value = Number(text);
  if (/^\d{1,10}$/.test(text) && value >= least && value <= MAX_TIMER) return value;
  throw misuse(`Invalid --${option}; allowed: milliseconds from ${least} to ${MAX_TIMER}`);
}

function resolverOf(servers: readonly string[] | undefined): DnsResolver {
  if (servers === undefined) return dnsResolver();
  try {
    return dnsResolver({ servers });
  } catch {
    throw misuse("Invalid --server; allowed: IP, IP:PORT or [IPV6]:PORT");
  }
}
