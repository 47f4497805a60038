import { realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { type Command, UsageError, isUsageError, unknownWord } from "./arguments.ts";
import { complain, describeError, print } from "./output.ts";

/** Exit codes: 0 success, 1 failure (the error's code is on stderr), 2 wrong arguments. */
const FAILED = 1;
const MISUSED = 2;

/** A command is loaded only when it is called: a health check runs every few seconds. */
const COMMANDS: ReadonlyMap<string, () => Promise<Command>> = new Map([
  ["lookup", async () => (await import("./lookup.ts")).lookup],
  ["ping", async () => (await import("./ping.ts")).ping],
  ["forward", async () => (await import("./forward.ts")).forward],
]);

const HELP = `srv-dialer: find and reach services through their DNS SRV records

  srv-dialer lookup NAME                 the records in dial order, with addresses
  srv-dialer ping URL                    is the Redis behind a URL ready?
  srv-dialer forward NAME --listen ADDR  a local port or socket that leads to the service

  srv-dialer COMMAND --help              the options of a command
  srv-dialer --version

Exit codes: 0 success, 1 failure, 2 wrong arguments.`;

/**
 * Runs a command line, given without the program's name.
 *
 * @returns the exit code; errors are printed to stderr
 */
export async function main([word = "", ...args]: readonly string[]): Promise<number> {
  if (word === "--help" || word === "-h" || word === "help") return print(...HELP.split("\n"));
  if (word === "--version" || word === "-v") return print(version());
  const load = COMMANDS.get(word);
  try {
    if (load === undefined) throw unknown(word);
    const command = await load();
    if (args.includes("--help") || args.includes("-h")) return print(...command.help.split("\n"));
    return await command.run(args);
  } catch (error) {
    const name = load === undefined ? "srv-dialer" : `srv-dialer ${word}`;
    complain(`${name}: ${describeError(error)}`);
    if (!isUsageError(error)) return FAILED;
    complain(`Try: ${name} --help`);
    return MISUSED;
  }
}

function unknown(word: string): UsageError {
  const allowed = [...COMMANDS.keys()];
  if (word !== "") return unknownWord("command", word, [...allowed, "--help", "--version"]);
  return new UsageError(`a command is needed; allowed: ${allowed.join(", ")}`);
}

function version(): string {
  // From the program itself, to which npm links: CommonJS has no import.meta.
  const require = createRequire(realpathSync(process.argv[1] ?? ""));
  return (require("srv-dialer/package.json") as { version: string }).version;
}
