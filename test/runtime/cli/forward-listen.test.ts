import { existsSync, statSync } from "node:fs";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

import { ANY_PORT, forward, NAME, WAIT } from "../support/forwarded.ts";
import { type Installation, install } from "../support/installed.ts";
import { runHere } from "../support/run-here.ts";
import { connectTo, exchange, startEcho } from "../support/sockets.ts";

let cli: Installation;

beforeAll(() => {
  cli = install();
});

afterAll(() => {
  cli[Symbol.dispose]();
});

describe("srv-dialer forward --listen unix:PATH", () => {
  it("listens on a socket, and removes it at its end", async () => {
    await using upstream = await startEcho();
    const path = join(cli.folder, "plain");
    await using forwarded = await forward(cli, [upstream.port], { listen: `unix:${path}` });
    using client = await connectTo(forwarded.where);

    expect(await exchange(client, "hello")).toBe("hello");
    client.destroy();
    forwarded.command.signal("SIGTERM");
    await forwarded.command.outcome;

    expect(existsSync(path)).toBe(false);
  });

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
    const listen = `unix:${join(cli.folder, "stale")}`;
    await using dead = await forward(cli, [upstream.port], { listen });
    dead.command.signal("SIGKILL");
    await dead.command.outcome;

    await using forwarded = await forward(cli, [upstream.port], { listen });
    using client = await connectTo(forwarded.where);

    expect(await exchange(client, "hello")).toBe("hello");
  });

  it("keeps the socket of a running process", async () => {
    await using upstream = await startEcho();
    const listen = `unix:${join(cli.folder, "alive")}`;
    await using forwarded = await forward(cli, [upstream.port], { listen });

    const { code, stderr } = await cli.run(["forward", NAME, "--listen", listen]);

    expect(code).toBe(1);
    expect(stderr).toContain(`Cannot listen on ${listen}: another process listens there`);
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

  it.each([
    [["--listen", "0.0.0.0:6379"], "other machines can reach this address"],
    [[], "--listen is needed; allowed: HOST:PORT, [IPV6]:PORT or unix:PATH"],
    [["--listen", ANY_PORT, "--mode", "666"], "--mode is only for a Unix socket"],
    [["--listen", ANY_PORT, "--drain", "soon"], "Invalid --drain; allowed: milliseconds from 0"],
    [["--listen", ANY_PORT, "--servername", "x"], "--servername needs --tls"],
    [
      ["--listen", ANY_PORT, "--tls", "--servername", "a b"],
      "Invalid servername: got 'a b'; allowed: ",
    ],
  ])("exits 2 for %j", async (options, message) => {
    const { code, stdout, stderr } = await runHere(["forward", NAME, ...options]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(message);
  });
});
