import { once } from "node:events";
import { type Socket, connect } from "node:net";

import { describe, expect, it } from "vitest";

import { verifyRedis } from "../../../runtime/src/redis/verify.ts";
import { startListener } from "../support/dialing.ts";
import { startFullRedis } from "../support/redis-servers.ts";

/** The error of Redis 7 in protected mode, shortened. */
const PROTECTED =
  "-DENIED Redis is running in protected mode because protected mode is enabled and no password " +
  "is set for the default user. In this mode connections are only accepted from the loopback " +
  "interface. 1) Just disable protected mode sending the command 'CONFIG SET protected-mode no'.";

/** Verifies the server on a port of this machine, and closes the connection. */
async function verify(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => {});
  try {
    await once(socket, "connect");
    return await verifyRedis(socket, { signal: new AbortController().signal });
  } finally {
    socket.destroy();
  }
}

/** Verifies a server with this reply. */
async function verifyReply(reply: string): Promise<boolean> {
  const answer = (peer: Socket): void => void peer.once("data", () => peer.end(`${reply}\r\n`));
  await using server = await startListener(answer);
  return await verify(server.port);
}

describe("verifyRedis", () => {
  it.each([
    ["+PONG", true],
    ["-NOAUTH Authentication required.", true],
    ["-NOPERM this user has no permissions", true],
    ["-ERR unknown command", true],
    ["-LOADING Redis is loading the dataset in memory", false],
    ["-MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.", false],
  ])("says of a server that answers %s whether it is ready: %j", async (reply, isReady) => {
    await expect(verifyReply(reply)).resolves.toBe(isReady);
  });

  it.each([
    ["-ERR max number of clients reached", "ERR max number of clients reached"],
    [
      "-ERR max number of clients + cluster connections reached",
      "ERR max number of clients + cluster connections reached",
    ],
    [PROTECTED, PROTECTED.slice(1, PROTECTED.indexOf("."))],
    ["-DENIED \u001b[31mred", "DENIED "],
  ])("rejects if the server refuses the client: %s", async (reply, shown) => {
    await expect(verifyReply(reply)).rejects.toThrow(
      new Error(`refuses the client: ${shown.trim()}`),
    );
  });

  it("rejects a real Redis that has its maximum of clients", async () => {
    await using full = await startFullRedis();
    // A reset may arrive before the reply of Redis.
    await expect(verify(full.port)).rejects.toThrow(
      /^refuses the client: ERR max number of clients reached$|ECONNRESET|EPIPE|closed before/,
    );
  });
});
