import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { vi } from "vitest";

import { layOutPackage } from "./packed.ts";

/** Timeout of a command. After it the command is killed, and its test fails. */
const PATIENCE = 60_000;
/** Milliseconds for a command to end by itself, so that it writes its coverage. */
const EXIT_TIMEOUT = 1_000;

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that runs until a signal. */
export interface Running extends AsyncDisposable {
  readonly pid: number;
  readonly stdout: () => string;
  readonly stderr: () => string;
  readonly signal: (name: NodeJS.Signals) => void;
  /** Stops reading its stderr. */
  readonly closeStderr: () => void;
  /** Resolves when it has exited. */
  readonly outcome: Promise<Outcome>;
}

type Env = Readonly<Record<string, string>>;

/** The built package in a node_modules of its own, as a user installs it. */
export interface Installation extends Disposable {
  /** A folder whose modules can import `srv-dialer`. */
  readonly folder: string;
  /** The link in node_modules/.bin. */
  readonly bin: string;
  run(args: readonly string[], env?: Env): Promise<Outcome>;
  start(args: readonly string[], env?: Env): Running;
}

/** Installs the package as npm does. */
export function install(): Installation {
  const folder = mkdtempSync(join(tmpdir(), "srv-dialer-"));
  const remove = (): void => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  try {
    const modules = join(folder, "node_modules");
    const home = join(modules, "srv-dialer");
    layOutPackage(home);
    const cli = join(home, "dist/cjs/cli.js");
    mkdirSync(join(modules, ".bin"));
    const bin = join(modules, ".bin/srv-dialer");
    symlinkSync("../srv-dialer/dist/cjs/cli.js", bin);
    const start = (args: readonly string[], env?: Env) => startNode([cli, ...args], env);
    return {
      folder,
      bin,
      start,
      run: (args, env) => start(args, env).outcome,
      [Symbol.dispose]: remove,
    };
  } catch (error) {
    remove();
    throw error;
  }
}

/** Starts Node.js with only PATH and the coverage folder from this process's environment. */
export function startNode(args: readonly string[], env: Env = {}, cwd = tmpdir()): Running {
  const { PATH, NODE_V8_COVERAGE } = process.env;
  const child = spawn(process.execPath, args, {
    cwd,
    env: { PATH, ...(NODE_V8_COVERAGE === undefined ? {} : { NODE_V8_COVERAGE }), ...env },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: PATIENCE,
    killSignal: "SIGKILL",
  });
  const written = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const) {
    child[stream].setEncoding("utf8").on("data", (text: string) => (written[stream] += text));
  }
  const outcome = once(child, "close").then(([code]: (number | null)[]) => ({
    code: code ?? null,
    ...written,
  }));
  return {
    pid: child.pid ?? 0,
    stdout: () => written.stdout,
    stderr: () => written.stderr,
    signal: (name) => void child.kill(name),
    closeStderr: () => void child.stderr.destroy(),
    outcome,
    async [Symbol.asyncDispose]() {
      // A killed process writes no coverage.
      if (NODE_V8_COVERAGE !== undefined) child.kill("SIGTERM");
      const late = setTimeout(() => child.kill("SIGKILL"), NODE_V8_COVERAGE ? EXIT_TIMEOUT : 0);
      await outcome;
      clearTimeout(late);
    },
  };
}

/** Resolves with the address when `srv-dialer forward` listens. */
export async function listening({ stdout, stderr }: Running): Promise<string> {
  const where = (): string | undefined => /^Listening on (\S+) /.exec(stdout())?.[1];
  return vi.waitUntil(
    () => {
      if (stderr() !== "") throw new Error(stderr());
      return where();
    },
    { timeout: PATIENCE, interval: 5 },
  );
}
