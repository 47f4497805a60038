import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { type Installation, install, startNode } from "../support/installed.ts";
import { runHere } from "../support/run-here.ts";

let cli: Installation;

beforeAll(() => {
  cli = install();
});

afterAll(() => {
  cli[Symbol.dispose]();
});

describe("srv-dialer", () => {
  it("is a command that npm can link", async () => {
    const PATH = `${dirname(process.execPath)}:${process.env["PATH"] ?? ""}`;
    const env = { PATH };
    const { stdout } = await promisify(execFile)(cli.bin, ["--version"], { env, timeout: 10_000 });
    const manifest = readFileSync(
      new URL("../../../runtime/package.json", import.meta.url),
      "utf8",
    );
    expect(stdout.trim()).toBe((JSON.parse(manifest) as { version: string }).version);
  });

  it.each([[["--help"]], [["-h"]], [["help"]]])("lists its commands with %j", async (args) => {
    const { code, stdout, stderr } = await runHere(args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/doctor NAME[^]*ping URL[^]*forward NAME/);
  });

  it.each(["doctor", "ping", "forward"])("lists the options of %s", async (command) => {
    const { code, stdout, stderr } = await runHere([command, "--help"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(new RegExp(`^srv-dialer ${command} [^]*--server[^]*--timeout`));
    const indented = stdout.split("\n").filter((line) => line.startsWith(" "));
    for (const line of indented) expect(line).toMatch(/^(?: {2}| {22})\S/);
  });

  const COMMANDS = "a command is needed; allowed: doctor, ping, forward, --help, --version";
  const OPTIONS = "unknown option; allowed: --server, --timeout, --json, --help";
  const LISTEN = ["forward", "a.b", "--listen", "127.0.0.1:0"];

  it.each([
    [[], COMMANDS],
    [["hunter22"], COMMANDS],
    [["doctor"], "give one NAME or URL and nothing else; got 0"],
    [["doctor", "a.b", "hunter22"], "give one NAME or URL and nothing else; got 2"],
    [["doctor", "a.b", "--hunter22"], OPTIONS],
    [["doctor", "a.b", "--json=hunter22"], "Option '--json' does not take an argument"],
    [
      ["doctor", "a.b", "--server", "10.0.0.2", "--server", "hunter22"],
      "Invalid --server; allowed",
    ],
    [["doctor", "a.b", "--timeout", "hunter22"], "Invalid --timeout; allowed: milliseconds from 1"],
    [["doctor", "a.b", "--timeout"], "Option '--timeout <value>' argument missing"],
    [["doctor", "a.b", "--timeout", "--hunter22"], "Option '--timeout' argument is ambiguous"],
    [["doctor", "hunter22!"], "Invalid NAME; allowed: labels of letters"],
    [["doctor", ":hunter22@a.b"], "Invalid NAME; allowed: labels of letters"],
    [["doctor", "http://:hunter22@a.b"], "Invalid Redis URL: the scheme http://"],
    [["doctor", "redis://:hunter22@a.b"], "Invalid URL: it has no SRV records"],
    [["ping", "redis+srv://:hunter22@a.b:6379"], "Invalid Redis URL: a port"],
    [["forward", "a.b"], "--listen is needed; allowed: HOST:PORT, [IPV6]:PORT or unix:PATH"],
    [["forward", "a.b", "--listen", "hunter22:1"], "other machines can reach this address"],
    [["forward", "a.b", "--listen", "unix:x", "--mode", "hunter22"], "Invalid --mode; allowed: o"],
    [[...LISTEN, "--mode", "666"], "Invalid --mode; allowed: octal"],
    [[...LISTEN, "--drain", "hunter22"], "Invalid --drain; allowed: milliseconds from 0"],
  ])("exits 2 for %j, and shows nothing that may be a password", async (args, message) => {
    const { code, stdout, stderr } = await runHere(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(
      /^srv-dialer(?: \w+)?: ERR_SRV_INVALID_ARG: [^\n]*\nTry: [^\n]* --help\n$/,
    );
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/hunter|22/);
  });
});

/** What an app prints whose records come from Cloud Map. */
const resolve = async (): Promise<string> => {
  const script = `
    import { createSrvDialer } from "srv-dialer";
    import { cloudMapResolver } from "srv-dialer/cloud-map";
    const dialer = createSrvDialer("dev-redis.dev-ecs", { resolver: cloudMapResolver() });
    dialer.resolve().catch((error) => console.log(error.code, error.message));`;
  const args = ["--input-type=module", "--eval", script];
  return (await startNode(args, {}, cli.folder).outcome).stdout;
};

describe("srv-dialer/cloud-map of the installed package", () => {
  it("says at the first query that the SDK is missing, and what to install", async () => {
    await expect(resolve()).resolves.toMatch(
      /^ERR_SRV_RESOLVE .*the package @aws-sdk\/client-servicediscovery is missing: npm install @aws-sdk\/client-servicediscovery/,
    );
  });

  it("does not say so if the SDK itself cannot be loaded", async () => {
    const folder = join(cli.folder, "node_modules/@aws-sdk/client-servicediscovery");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "index.js"), 'require("@smithy/gone")');
    await expect(resolve()).resolves.toMatch(
      /^ERR_SRV_RESOLVE .*Cannot find module '@smithy\/gone'/,
    );
  });
});
