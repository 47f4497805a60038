import { realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { hasCode } from "../base/errors.ts";
import { misuse } from "./arguments.ts";
import { doctor } from "./doctor.ts";
import { forward } from "./forward.ts";
import { complain, describeError, print } from "./output.ts";
import { ping } from "./ping.ts";

/** Each has the text that `--help` prints, and runs: its exit code, or an error. */
const COMMANDS = new Map(Object.entries({ doctor, ping, forward }));

const HELP = `srv-dialer: find and reach services through their DNS SRV records

  srv-dialer doctor NAME                 what is wrong with a name, and what to do
  srv-dialer ping URL                    is the Redis behind a URL ready?
  srv-dialer forward NAME --listen ADDR  a local port or socket that leads to the service

  srv-dialer COMMAND --help              the options of a command
  srv-dialer --version

Exit codes: 0 success, 1 failure, 2 wrong arguments.`;

/** Runs a command line, given without the program's name; prints errors to stderr. @returns the exit code */
export async function main([word = "", ...args]: readonly string[]): Promise<number> {
  if (word === "--help" || word === "-h" || word === "help") return print(...HELP.split("\n"));
  if (word === "--version" || word === "-v") return print(version());
  const command = COMMANDS.get(word);
  const name = command === undefined ? "srv-dialer" : `srv-dialer ${word}`;
  try {
    const allowed = [...COMMANDS.keys(), "--help", "--version"].join(", ");
    if (command === undefined) throw misuse(`a command is needed; allowed: ${allowed}`);
    if (args.includes("--help") || args.includes("-h")) return print(...command.help.split("\n"));
    return await command.run(args);
  } catch (error) {
    complain(`${name}: ${describeError(error)}`);
    if (!hasCode(error, "ERR_SRV_INVALID_ARG")) return 1;
    complain(`Try: ${name} --help`);
    return 2;
  }
}

function version(): string {
  // From the program itself, to which npm links: CommonJS has no import.meta.
  const require = createRequire(realpathSync(process.argv[1] ?? ""));
  return (require("srv-dialer/package.json") as { version: string }).version;
}
