import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { CommanderError } from "commander";
import { describe, expect, it } from "vitest";
import { UsageError } from "../../../stacks/command/command-line.ts";
import { ConfigError } from "../../../stacks/config/config-error.ts";
import { exitCodeOf } from "../../../stacks/command/run-program.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

/** Runs Node.js; what it writes and what it ends with, `press` once it has written something. */
async function node(args: readonly string[], press?: NodeJS.Signals) {
  const child = spawn(process.execPath, ["--import", "tsx", ...args], { cwd: ROOT });
  if (press !== undefined) child.stdout.once("data", () => child.kill(press));
  const [[code], out, err] = await Promise.all([
    once(child, "close"),
    text(child.stdout),
    text(child.stderr),
  ]);
  return { code: code as number | null, out, err };
}

/** A program with these statements in a command. */
const program = (statements: string): readonly string[] => [
  "--input-type=module",
  "--eval",
  `import { runProgram } from ${JSON.stringify(new URL("../../../stacks/command/run-program.ts", import.meta.url).href)};
   import { readFileSync } from "node:fs";
   await runProgram(async (signal) => { ${statements}; return 0; });`,
];

describe("a command", () => {
  it.each([
    ["a help text", 0, new CommanderError(0, "commander.helpDisplayed", "")],
    ["wrong arguments", 2, new UsageError("error: unknown option '--x'")],
    ["an unknown environment", 2, ConfigError.unknownEnvironment("qa", ["dev"])],
    ["a wrong environment", 1, ConfigError.invalid([])],
    ["what nobody expected", 1, new Error("bug")],
  ])("ends after %s with %i", (_what, code, error) => {
    expect(exitCodeOf(error)).toBe(code);
  });

  it("tells of a file that it cannot read in one line, and of a mistake of its own with the stack", async () => {
    const missing = await node(program('readFileSync("/nowhere")'));
    const line = "error: ENOENT: no such file or directory, open '/nowhere'\n";
    expect(missing).toEqual({ code: 1, out: "", err: line });
    const { code, err } = await node(program("undefined.bug"));
    expect(code).toBe(1);
    expect(err).toMatch(/TypeError: .*\n +at /);
  });

  const endless =
    'console.log("begun"); await new Promise((_, reject) => { const timer = setInterval(() => {}, 1e6); signal.addEventListener("abort", () => { clearInterval(timer); reject(new Error("cut short")); }); })';
  const busy = 'console.log("begun"); const end = Date.now() + 1_000; while (Date.now() < end);';

  it.each([
    ["SIGINT", 130, "which waits", endless],
    ["SIGTERM", 143, "which waits", endless],
    ["SIGHUP", 129, "which waits", endless],
    ["SIGINT", 130, "which lets no signal in until its end", busy],
  ] as const)("ended by %s ends with %i: one %s", async (press, code, _what, statements) => {
    const err = `interrupted by ${press}\n`;
    expect(await node(program(statements), press)).toEqual({ code, out: "begun\n", err });
  });

  it("goes on without a reader of its output", async () => {
    const lines =
      'process.stdout.once("error", () => console.error("no reader")); for (let i = 0; i < 3; i++) { console.log(i); await new Promise(setImmediate); } console.error("to its end")';
    const child = spawn(process.execPath, ["--import", "tsx", ...program(lines)], { cwd: ROOT });
    child.stdout.destroy();
    const [[code], err] = await Promise.all([once(child, "close"), text(child.stderr)]);
    expect([code, err]).toEqual([0, "no reader\nto its end\n"]);
  });
});

/** The commands of this folder, as package.json runs them. */
const COMMANDS = [
  ["main.ts"],
  ["stacks/docs/main.ts", "environments.ts"],
  ["stacks/docs/diagram-main.ts", "environments.ts"],
  ["stacks/modules/main.ts"],
  ["stacks/lock/main.ts", "environments.ts"],
  ["stacks/emulated/main.ts", "environments.ts"],
];

describe.each(COMMANDS)("%s", (...command) => {
  it("tells what it does, and refuses an option that it does not know", async () => {
    const help = await node([...command, "--help"]);
    expect(help).toMatchObject({ code: 0, err: "" });
    expect(help.out).toMatch(/^Usage: npm run /);
    const { code, out, err } = await node([...command, "--nothing"]);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toMatch(/^error: unknown option '--nothing'; allowed: .*--help\n$/);
  });
});

it.each(COMMANDS.filter(([file]) => file !== "main.ts"))(
  "%s refuses a word too many",
  async (...command) => {
    const { code, out, err } = await node([...command, "dev", "x"]);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toMatch(/^error: unexpected word '(dev|x)'; allowed are options /);
  },
);
