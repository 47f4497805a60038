import { npmCommand } from "../../../../command-line/npm-command.ts";
import { shellWords } from "../typed/shell-words.ts";
import { command, parse } from "../../../../command-line/options.ts";

/** What a second terminal does with a container of a run. */
export type AttachOptions =
  | { readonly does: "exec"; readonly target: string; readonly command: readonly string[] }
  | { readonly does: "logs"; readonly target: string; readonly follow: boolean };

const LOCAL = `${npmCommand("run local")} --`;
const TARGET = "a service, SERVICE/CONTAINER, or the start of a task's id";
/** Opened if no command is given. */
const SHELL = "sh";

/**
 * @returns undefined for other arguments, those of a run
 * @throws UsageError; CommanderError with the exit code 0 after a help text
 */
export function attachOptions([does, ...args]: readonly string[]): AttachOptions | undefined {
  if (does === "exec") return execOptions(args);
  return does === "logs" ? logsOptions(args) : undefined;
}

function execOptions(args: readonly string[]): AttachOptions {
  const program = command(
    `${LOCAL} exec`,
    "Opens a shell in a container of a run, or runs a command in it, as docker exec does.",
  )
    .argument("<target>", TARGET)
    .argument(
      "[command...]",
      "the command and its arguments, or one text that is split as a shell does (default: sh)",
    )
    // Options after the target are those of the command.
    .passThroughOptions();
  parse(program, args);
  const [target, given] = program.processedArgs as [string, string[]];
  const [only = SHELL, ...more] = given;
  return { does: "exec", target, command: more.length > 0 ? given : shellWords(only) };
}

function logsOptions(args: readonly string[]): AttachOptions {
  const program = command(`${LOCAL} logs`, "Prints what the containers of a target have printed.")
    .argument("<target>", TARGET)
    .option("-f, --follow", "go on with what they print from now on");
  const { follow = false } = parse(program, args) as { follow?: boolean };
  const [target] = program.processedArgs as [string];
  return { does: "logs", target, follow };
}
