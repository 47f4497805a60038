import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { connect as connectTls } from "node:tls";

import { describe, expect, it } from "vitest";

import { startRedis } from "../../../../harness/ecs/programs/start-redis.ts";
import { TLS_FILES } from "../../../support/tls/certificates.ts";

/** The first line of the reply to a command. */
async function send(port: number, command: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  try {
    socket.write(`${command}\r\n`);
    const [data]: Buffer[] = await once(socket, "data", { signal: AbortSignal.timeout(5_000) });
    return String(data).split("\r\n")[0] ?? "";
  } finally {
    socket.destroy();
  }
}

describe("startRedis", () => {
  it("starts a Redis that replies, and leaves neither process nor folder behind", async () => {
    const redis = await startRedis();
    try {
      await expect(send(redis.port, "PING")).resolves.toBe("+PONG");
      expect(redis.log()).toContain("Ready to accept connections");
    } finally {
      await Promise.all([redis.stop(), redis.stop()]);
    }
    await expect(send(redis.port, "PING")).rejects.toMatchObject({ code: "ECONNREFUSED" });
    expect(existsSync(redis.dir)).toBe(false);
  });

  it("reports the log of a redis-server that does not start", async () => {
    await using redis = await startRedis();
    await expect(startRedis({ port: redis.port })).rejects.toThrow("Address already in use");
    await expect(startRedis({ args: ["--no-such-option"] })).rejects.toThrow(
      "exited while it started",
    );
  });

  it.runIf(process.platform === "linux")("dies with its parent, however that dies", async () => {
    const code = `
      import { startRedis } from ${JSON.stringify(new URL("../../../../harness/ecs/programs/start-redis.ts", import.meta.url).href)};
      void startRedis().then((redis) => process.stdout.write(JSON.stringify(redis)));`;
    const parent = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", code], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    try {
      const [data]: Buffer[] = await once(parent.stdout, "data");
      const redis: { port: number; dir: string } = JSON.parse(String(data));
      await expect(send(redis.port, "PING")).resolves.toBe("+PONG");
      parent.kill("SIGKILL");
      await expect
        .poll(() => send(redis.port, "PING").catch((error) => error.code))
        .toBe("ECONNREFUSED");
      rmSync(redis.dir, { recursive: true, force: true });
    } finally {
      parent.kill("SIGKILL");
    }
  });

  it("accepts only TLS with a certificate", async () => {
    await using redis = await startRedis({ tls: TLS_FILES });
    const ca = readFileSync(TLS_FILES.cert);
    const socket = connectTls({ port: redis.port, host: "127.0.0.1", ca });
    try {
      socket.write("PING\r\n");
      const [data]: Buffer[] = await once(socket, "data");
      expect(String(data)).toBe("+PONG\r\n");
    } finally {
      socket.destroy();
    }
  });

  it("is killed if it does not end on SIGTERM", async () => {
    const redis = await startRedis();
    redis.signal("SIGSTOP");
    await redis.stop("SIGTERM");
    await expect(send(redis.port, "PING")).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });
});
