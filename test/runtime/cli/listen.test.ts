import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { describe, expect, it, onTestFinished } from "vitest";

import { listen, parseListen } from "../../../runtime/src/cli/listen.ts";
import { connectTo, startEcho } from "../support/sockets.ts";

describe("parseListen", () => {
  it.each([
    ["127.0.0.1:6379", { host: "127.0.0.1", port: 6379 }],
    ["127.9.9.9:0", { host: "127.9.9.9", port: 0 }],
    ["localhost:65535", { host: "localhost", port: 65_535 }],
    ["[::1]:6379", { host: "::1", port: 6379 }],
    ["unix:/run/redis.sock", { path: "/run/redis.sock" }],
    ["unix:redis:1.sock", { path: "redis:1.sock" }],
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
  it("names the folder of a Unix socket if it is missing, or not a folder", async () => {
    const missing = join(tmpdir(), "no-such-folder");
    await expect(at(join(missing, "redis.sock"))).rejects.toThrow(
      `Cannot listen on unix:${join(missing, "redis.sock")}: there is no folder ${missing}`,
    );
    await expect(at("/proc/version/redis.sock")).rejects.toThrow(
      "there is no folder /proc/version",
    );
  });

  it("keeps a file that is not a socket", async () => {
    const path = join(mkdtempSync(join(tmpdir(), "listen-")), "file");
    onTestFinished(() => rmSync(dirname(path), { recursive: true }));
    writeFileSync(path, "precious");
    await expect(at(path)).rejects.toThrow("a file is there that is not a socket");
    expect(readFileSync(path, "utf8")).toBe("precious");
  });

  it.each(["localhost:0", "127.1.2.3:0"])("takes connections on %s", async (text) => {
    await using server = createServer();
    using client = await connectTo(await listen(server, parseListen(text, false)));
    expect(client.remotePort).toBeGreaterThan(0);
    client.destroy();
  });

  it("names a port that is in use", async () => {
    await using upstream = await startEcho();
    const taken = { host: "127.0.0.1", port: upstream.port };
    await expect(listen(createServer(), taken)).rejects.toThrow(
      `Cannot listen on 127.0.0.1:${upstream.port}: listen EADDRINUSE`,
    );
  });
});
