import { type ParseArgsConfig, parseArgs } from "node:util";
import { MAX_TIMER } from "../base/checks.ts";
import { SrvDialError, toError } from "../base/errors.ts";
import { nameProblem } from "../base/name.ts";
import { type DnsResolver, dnsResolver } from "../dns/resolver.ts";

/** The error of wrong arguments. Its message does not show them, as a misplaced one may be a password. */
export function misuse(message: string): SrvDialError {
  return new SrvDialError("ERR_SRV_INVALID_ARG", message);
}

type Options = NonNullable<ParseArgsConfig["options"]>;

const COMMON = {
  server: { type: "string", multiple: true },
  timeout: { type: "string" },
} as const satisfies Options;

interface Arguments<T extends Options> {
  readonly values: ReturnType<typeof parseArgs<{ options: T }>>["values"];
  readonly operand: string;
  readonly timeout: number;
  readonly resolver: DnsResolver;
}

/** The arguments of a command with one operand. @param timeout the default of `--timeout` in ms */
export function parse<const T extends Options>(
  args: readonly string[],
  operand: "NAME" | "URL",
  timeout: number,
  options: T,
): Arguments<T> {
  const { values, positionals, tokens } = parseStrictly(args, { ...COMMON, ...options });
  const given = tokens.flatMap((token) => (token.kind === "option" ? [token.name] : []));
  const again = given.find((name, at) => name !== "server" && given.indexOf(name) < at);
  if (again !== undefined) throw misuse(`--${again} is given twice; allowed: once`);
  const [word, ...others] = positionals;
  if (word === undefined || others.length > 0) {
    throw misuse(`give one ${operand} and nothing else; got ${positionals.length}`);
  }
  const problem = operand === "NAME" ? nameProblem(word) : undefined;
  if (problem !== undefined) throw misuse(`Invalid NAME; allowed: ${problem}`);
  const common = values as { server?: string[]; timeout?: string };
  const ms = millisecondsOf("timeout", common.timeout, timeout, 1);
  return { values, operand: word, timeout: ms, resolver: resolverOf(common.server) };
}

function parseStrictly<const T extends Options>(args: readonly string[], options: T) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, tokens: true });
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
