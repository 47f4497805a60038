import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { promisify } from "node:util";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { type Installation, install, startNode } from "../support/installed.ts";

let cli: Installation;

beforeAll(async () => {
  cli = await install();
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

  it.each([[["--help"]], [["-h"]], [["help"]]])("tells its commands upon %j", async (args) => {
    const { code, stdout, stderr } = await cli.run(args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/lookup NAME[^]*ping URL[^]*forward NAME/);
  });

  it.each(["lookup", "ping", "forward"])("tells the options of %s", async (command) => {
    const { code, stdout, stderr } = await cli.run([command, "--help"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(new RegExp(`^srv-dialer ${command} [^]*--server[^]*--timeout`));
  });

  it("exits 2 without a command, and names those there are", async () => {
    const { code, stdout, stderr } = await cli.run([]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toBe(
      "srv-dialer: a command is needed; allowed: lookup, ping, forward\nTry: srv-dialer --help\n",
    );
  });

  it("exits 2 upon an unknown command, and names those there are", async () => {
    const { code, stderr } = await cli.run(["dig", "dev-redis.dev-ecs"]);
    expect(code).toBe(2);
    expect(stderr).toContain("unknown command dig; allowed: lookup, ping, forward");
  });

  it("exits 2 upon an unknown option, in one sentence", async () => {
    const { code, stderr } = await cli.run(["lookup", "a.b", "--verbose"]);
    expect(code).toBe(2);
    expect(stderr).toBe(
      "srv-dialer lookup: Unknown option '--verbose'\nTry: srv-dialer lookup --help\n",
    );
  });

  it("does not print the password of a URL in the wrong place", async () => {
    const { code, stderr } = await cli.run(["ping", "--timeout", "redis://app:sesame@redis"]);
    expect(code).toBe(2);
    expect(stderr).toContain("Invalid --timeout: got redis://app:***@redis");
  });
});

describe("the installed package without its peers", () => {
  it("loads srv-dialer/cloud-map, and says upon the first question what to install", async () => {
    const script = `
      import { createSrvDialer } from "srv-dialer";
      import { cloudMapResolver } from "srv-dialer/cloud-map";
      const dialer = createSrvDialer("dev-redis.dev-ecs", { resolver: cloudMapResolver() });
      dialer.resolve().catch((error) => console.log(error.code, error.message));`;
    const args = ["--input-type=module", "--eval", script];

    const { code, stdout } = await startNode(args, {}, cli.folder).outcome;

    expect(code).toBe(0);
    expect(stdout).toContain(
      "the package @aws-sdk/client-servicediscovery is missing: " +
        "npm install @aws-sdk/client-servicediscovery",
    );
    expect(stdout).toMatch(/^ERR_SRV_RESOLVE /);
  });
});
