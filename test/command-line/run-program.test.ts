import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { CommanderError } from "commander";
import { describe, expect, it } from "vitest";
import { UsageError } from "../../command-line/arguments.ts";
import { ConfigError } from "../../stacks/config/config-error.ts";
import { exitCodeOf } from "../../command-line/run-program.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** Runs Node.js and returns output and exit code. Sends the signal `press` after the first output. */
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

/** A program that runs these statements in a command. */
const program = (statements: string): readonly string[] => [
  "--input-type=module",
  "--eval",
  `import { runProgram } from ${JSON.stringify(new URL("../../command-line/run-program.ts", import.meta.url).href)};
   import { readFileSync } from "node:fs";
   await runProgram(async (signal) => { ${statements}; return 0; });`,
];

describe("a command", () => {
  it.each([
    ["a help text", 0, new CommanderError(0, "commander.helpDisplayed", "")],
    ["wrong arguments", 2, new UsageError("error: unknown option '--x'")],
    ["an unknown environment", 2, ConfigError.unknownEnvironment("qa", ["dev"])],
    ["a wrong environment", 1, ConfigError.invalid([])],
    ["an unexpected error", 1, new Error("bug")],
  ])("exits after %s with %i", (_what, code, error) => {
    expect(exitCodeOf(error)).toBe(code);
  });

  it("prints one line for an unreadable file, and the stack for a bug", async () => {
    const missing = await node(program('readFileSync("/nowhere")'));
    const line = "error: ENOENT: no such file or directory, open '/nowhere'\n";
    expect(missing).toEqual({ code: 1, out: "", err: line });
    const { code, err } = await node(program("undefined.bug"));
    expect(code).toBe(1);
    expect(err).toMatch(/TypeError: .*\n +at /);
  });

  const endless =
    'console.log("begun"); await new Promise((_, reject) => { const timer = setInterval(() => {}, 1e6); signal.addEventListener("abort", () => { clearInterval(timer); reject(new Error("cut short")); }); })';
  // Blocks the event loop for a second, as a synthesis does, without using the CPU.
  const busy =
    'console.log("begun"); Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_000)';

  it.each([
    ["SIGTERM", 143, "that waits", endless],
    ["SIGHUP", 129, "that waits", endless],
    ["SIGINT", 130, "that blocks the event loop", busy],
  ] as const)("exits after %s with %i: a command %s", async (press, code, _what, statements) => {
    const err = `interrupted by ${press}\n`;
    expect(await node(program(statements), press)).toEqual({ code, out: "begun\n", err });
  });

  it("continues when the reader of its output closes the pipe", async () => {
    const lines =
      'process.stdout.once("error", () => console.error("no reader")); for (let i = 0; i < 3; i++) { console.log(i); await new Promise(setImmediate); } console.error("to its end")';
    const child = spawn(process.execPath, ["--import", "tsx", ...program(lines)], { cwd: ROOT });
    child.stdout.destroy();
    const [[code], err] = await Promise.all([once(child, "close"), text(child.stderr)]);
    expect([code, err]).toEqual([0, "no reader\nto its end\n"]);
  });
});

it("npm run synth refuses an unknown option", async () => {
  const { code, out, err } = await node(["main.ts", "--nothing"]);
  expect({ code, out }).toEqual({ code: 2, out: "" });
  expect(err).toMatch(/^error: unknown option '--nothing'; allowed: .*--help\n$/);
});
