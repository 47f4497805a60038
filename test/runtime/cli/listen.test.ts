import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";

import { listen, parseListen } from "../../../runtime/src/cli/listen.ts";
import { forward, NAME, WAIT } from "../support/forwarded.ts";
import { type Installation, install } from "../support/installed.ts";
import { connectTo, exchange, startEcho } from "../support/sockets.ts";

let cli: Installation;

beforeAll(() => {
  cli = install();
});

afterAll(() => {
  cli[Symbol.dispose]();
});

describe("parseListen", () => {
  it.each([
    ["127.0.0.1:6379", { host: "127.0.0.1", port: 6379 }],
    ["localhost:65535", { host: "localhost", port: 65_535 }],
    ["[::1]:6379", { host: "::1", port: 6379 }],
    ["unix:/run/redis.sock", { path: "/run/redis.sock" }],
  ])("takes %s", (text, address) => {
    expect(parseListen(text, false)).toEqual(address);
  });

  it.each(["6379", ":6379", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:x", "::1:1"])(
    "refuses %s",
    (text) => {
      expect(() => parseListen(text, true)).toThrow(
        "Invalid --listen; allowed: HOST:PORT, [IPV6]:PORT or unix:PATH",
      );
    },
  );

  it.each(["unix:", `unix:/${"x".repeat(103)}`])("refuses %s", (text) => {
    expect(() => parseListen(text, false)).toThrow("allowed: unix: with a path of 1 to 103 bytes");
  });
});

const at = (path: string): Promise<string> => listen(createServer(), { path });

describe("listen", () => {
  it("names the folder of a Unix socket if it is missing", async () => {
    await expect(at("/no-folder/redis.sock")).rejects.toThrow(
      "Cannot listen on unix:/no-folder/redis.sock: no folder /no-folder",
    );
  });

  it("keeps a file that is not a socket", async () => {
    const path = join(mkdtempSync(join(tmpdir(), "listen-")), "file");
    onTestFinished(() => rmSync(dirname(path), { recursive: true }));
    writeFileSync(path, "precious");
    await expect(at(path)).rejects.toThrow(`listen EADDRINUSE: address already in use ${path}`);
    expect(readFileSync(path, "utf8")).toBe("precious");
  });

  it("names a port that is in use", async () => {
    await using upstream = await startEcho();
    const taken = { host: "127.0.0.1", port: upstream.port };
    await expect(listen(createServer(), taken)).rejects.toThrow(
      `listen EADDRINUSE: address already in use 127.0.0.1:${upstream.port}`,
    );
  });
});

describe("srv-dialer forward --listen unix:PATH", () => {
  it("sets the given permissions", async () => {
    const path = join(cli.folder, "mode");
    await using forwarded = await forward(cli, [], {
      listen: `unix:${path}`,
      options: ["--mode", "666"],
    });

    expect(forwarded.where).toBe(`unix:${path}`);
    await vi.waitUntil(() => (statSync(path).mode & 0o777) === 0o666, WAIT);
  });

  it("replaces the socket of a process that has ended", async () => {
    await using upstream = await startEcho();
    const where = `unix:${join(cli.folder, "stale")}`;
    await using dead = await forward(cli, [upstream.port], { listen: where });
    dead.command.signal("SIGKILL");
    await dead.command.outcome;

    await using forwarded = await forward(cli, [upstream.port], { listen: where });
    using client = await connectTo(forwarded.where);

    expect(await exchange(client, "hello")).toBe("hello");
  });

  it("keeps the socket of a running process", async () => {
    await using upstream = await startEcho();
    const where = `unix:${join(cli.folder, "alive")}`;
    await using forwarded = await forward(cli, [upstream.port], { listen: where });

    const { code, stderr } = await cli.run(["forward", NAME, "--listen", where]);

    expect(code).toBe(1);
    expect(stderr).toContain("listen EADDRINUSE: address already in use");
    using client = await connectTo(forwarded.where);
    expect(await exchange(client, "hello")).toBe("hello");
  });
});

describe("srv-dialer forward --listen HOST:PORT", () => {
  it("listens for other machines with --allow-remote", async () => {
    const options = ["--allow-remote"];
    await using forwarded = await forward(cli, [], { listen: "0.0.0.0:0", options });

    expect(forwarded.where).toMatch(/^0\.0\.0\.0:\d+$/);
  });
});
