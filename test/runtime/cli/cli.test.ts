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
    const { stdout } = await promisify(execFile)(cli.bin, ["--version"], {
      env: { PATH },
      timeout: 10_000,
    });
    const manifest = readFileSync(
      new URL("../../../runtime/package.json", import.meta.url),
      "utf8",
    );
    expect(stdout.trim()).toBe((JSON.parse(manifest) as { version: string }).version);
  });

  it.each([[["--help"]], [["-h"]], [["help"]]])("lists its commands with %j", async (args) => {
    const { code, stdout, stderr } = await runHere(args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/lookup NAME[^]*doctor NAME[^]*ping URL[^]*forward NAME/);
  });

  it.each(["lookup", "doctor", "ping", "forward"])("lists the options of %s", async (command) => {
    const { code, stdout, stderr } = await runHere([command, "--help"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(new RegExp(`^srv-dialer ${command} [^]*--server[^]*--timeout`));
    const indented = stdout.split("\n").filter((line) => line.startsWith(" "));
    for (const line of indented) expect(line).toMatch(/^(?: {2}| {22})\S/);
  });

  it.each([[[]], [["dig", "dev-redis.dev-ecs"]]])(
    "exits 2 for %j, and lists the commands",
    async (args) => {
      const { code, stdout, stderr } = await runHere(args);
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
      expect(stderr).toBe(
        "srv-dialer: ERR_SRV_INVALID_ARG: a command is needed; " +
          "allowed: lookup, doctor, ping, forward, --help, --version\nTry: srv-dialer --help\n",
      );
    },
  );

  it("exits 2 for an unknown option, and lists the options", async () => {
    const { code, stderr } = await cli.run(["lookup", "a.b", "--verbose"]);
    expect(code).toBe(2);
    expect(stderr).toBe(
      "srv-dialer lookup: ERR_SRV_INVALID_ARG: unknown option; " +
        "allowed: --server, --timeout, --json, --help\nTry: srv-dialer lookup --help\n",
    );
  });

  it.each([
    [["lookup", "a.b", "--timeout", "1", "--timeout=2"], "--timeout"],
    [["lookup", "a.b", "--json", "--json"], "--json"],
    [["forward", "a.b", "--listen", "127.0.0.1:0", "--listen", "127.0.0.1:1"], "--listen"],
  ])("exits 2 if an option is given twice: %j", async (args, option) => {
    const { code, stderr } = await runHere(args);
    expect(code).toBe(2);
    expect(stderr).toContain(`: ${option} is given twice; allowed: once\n`);
  });

  it("accepts several servers", async () => {
    const servers = ["--server", "127.0.0.1:1", "--server", "hunter22"];
    const { stderr } = await runHere(["lookup", "a.b", ...servers]);
    expect(stderr).toContain("Invalid --server; allowed: ");
  });

  it.each([
    [["hunter22"]],
    [["--hunter22"]],
    [["-hunter22"]],
    [["lookup", "a.b", "hunter22"]],
    [["lookup", "hunter22!"]],
    [["lookup", "redis://:hunter22@/a"]],
    [["lookup", "a.b", "--hunter22"]],
    [["lookup", "a.b", "--json=hunter22"]],
    [["lookup", "a.b", "-hunter22"]],
    [["lookup", "a.b", "--timeout", "hunter22"]],
    [["lookup", "a.b", "--timeout", "--hunter22"]],
    [["lookup", "a.b", "--server", "hunter22"]],
    [["doctor", "hunter22!"]],
    [["doctor", "a.b", "--server", "hunter22"]],
    [["ping", "hunter22"]],
    [["ping", ":hunter22@dev-redis.dev-ecs"]],
    [["ping", "--timeout", "redis://:hunter22@a.b"]],
    [["ping", "redis://a.b", "hunter22"]],
    [["forward", "hunter 22", "--listen", "127.0.0.1:0"]],
    [["forward", "a.b", "--listen", "hunter22"]],
    [["forward", "a.b", "--listen", "hunter22:1"]],
    [["forward", "a.b", "--listen", "unix:x", "--mode", "hunter22"]],
    [["forward", "a.b", "--listen", "127.0.0.1:0", "--drain", "hunter22"]],
  ])("shows nothing that may be a password for %j", async (args) => {
    const { code, stdout, stderr } = await runHere(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^srv-dialer(?: \w+)?: [^\n]*\nTry: [^\n]*\n$/);
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
