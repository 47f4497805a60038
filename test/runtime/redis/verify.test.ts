import { once } from "node:events";
import { type Socket, connect } from "node:net";
import { connect as connectTls } from "node:tls";

import { describe, expect, it, vi } from "vitest";

import { askRedis, verifyRedis } from "../../../runtime/src/redis/verify.ts";
import { startListener } from "../support/dialing.ts";
import { startTlsUpstream, startUpstream } from "../support/sockets.ts";

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
});

function ping(socket: Socket, signal = new AbortController().signal): Promise<string> {
  return askRedis(socket, ["PING"], signal);
}

/** A socket to a server with this behavior, and the data that the server has read. */
async function connectedTo(serve: (peer: Socket) => void) {
  let read = "";
  const server = await startListener((peer) => {
    peer.on("data", (chunk) => (read += String(chunk)));
    serve(peer);
  });
  const socket = connect(server.port, "127.0.0.1");
  await once(socket, "connect");
  const dispose = (): Promise<void> => {
    socket.destroy();
    return server.close();
  };
  return { socket, read: () => read, [Symbol.asyncDispose]: dispose };
}

/** Writes each part in a separate packet, after the first input. */
function replies(...parts: readonly string[]) {
  return (peer: Socket): void => {
    peer.setNoDelay(true).once("data", () => {
      const send = ([part, ...rest]: readonly string[]): void => {
        if (part === undefined) return;
        peer.write(part, "latin1", () => setImmediate(send, rest));
      };
      send(parts);
    });
  };
}

/** Checks that the call leaves no listeners on the socket. */
function expectUntouched(socket: Socket, before: ReturnType<typeof listeners>): void {
  expect(listeners(socket)).toEqual(before);
}

function listeners(socket: Socket) {
  return ["readable", "data", "error", "close", "end"].map((event) => socket.listenerCount(event));
}

describe("askRedis", () => {
  it.each([
    ["PONG", "+PONG\r\n"],
    ["NOAUTH Authentication required.", "-NOAUTH Authentication required.\r\n"],
    ["1", ":1\r\n"],
    ["4", "$4\r\nPONG\r\n"],
    ["-1", "$-1\r\n"],
    // Found by ioredis's functional tests.
    ["0", "$0\r\n\r\n"],
  ])("resolves with the first line of a reply: %s", async (line, reply) => {
    await using peer = await connectedTo(replies(reply));
    const before = listeners(peer.socket);
    await expect(ping(peer.socket)).resolves.toBe(line);
    expect(peer.read()).toBe("*1\r\n$4\r\nPING\r\n");
    expect(peer.socket.destroyed).toBe(false);
    expectUntouched(peer.socket, before);
  });

  it.each(["TCP", "TLS"])("leaves a socket of %s as net.connect gives it: unread", async (kind) => {
    const start = kind === "TLS" ? startTlsUpstream : startUpstream;
    await using server = await start((peer) => void peer.on("data", () => peer.write("+PONG\r\n")));
    const { port } = server;
    const socket =
      kind === "TLS"
        ? connectTls({ port, host: "127.0.0.1", rejectUnauthorized: false })
        : connect(port, "127.0.0.1");
    try {
      await once(socket, kind === "TLS" ? "secureConnect" : "connect");
      const fresh = [socket.readableFlowing, socket.isPaused()];
      await ping(socket);
      await expect(ping(socket)).resolves.toBe("PONG");
      expect([socket.readableFlowing, socket.isPaused()]).toEqual(fresh);
      // Data that arrives before a listener stays in the buffer.
      socket.write("one");
      await vi.waitUntil(() => socket.readableLength > 0);
      const [chunk]: unknown[] = await once(socket, "data");
      expect(String(chunk)).toBe("+PONG\r\n");
    } finally {
      socket.destroy();
    }
  });

  it.each([
    ["HTTP", "HTTP/1.1 400 Bad Request\r\n\r\n"],
    ["a greeting", "220 smtp.test ESMTP\r\n"],
    ["binary bytes", "\0\u0001\u0002"],
    ["more than one reply", "+PONG\r\n+PONG\r\n"],
    ["a line without end", `+${"x".repeat(5_000)}`],
    ["a bulk string without end", "$100000\r\n"],
    ["a length that is none", "$x\r\n"],
    ["a negative length", "$-2\r\n"],
  ])("does not accept %s as Redis", async (_what, reply) => {
    await using peer = await connectedTo(replies(reply));
    const before = listeners(peer.socket);
    await expect(ping(peer.socket)).rejects.toThrow(/^answers PING with ".*", which is not Redis$/);
    expectUntouched(peer.socket, before);
  });

  it.each<[string, (peer: Socket) => void, RegExp]>([
    ["ends", (peer) => peer.end(), /^closed before it answered PING$/],
    ["resets", (peer) => peer.resetAndDestroy(), /ECONNRESET|^closed before/],
  ])("rejects when the peer %s", async (_how, act, message) => {
    await using peer = await connectedTo((other) => other.once("data", () => act(other)));
    await expect(ping(peer.socket)).rejects.toThrow(message);
  });

  it("rejects with the reason when its signal is aborted", async () => {
    await using peer = await connectedTo(() => {});
    const before = listeners(peer.socket);
    const caller = new AbortController();
    const reason = new Error("the deadline passed");
    const pinging = ping(peer.socket, caller.signal);
    await vi.waitUntil(() => peer.read().endsWith("PING\r\n"), { timeout: 30_000, interval: 2 });
    caller.abort(reason);
    await expect(pinging).rejects.toBe(reason);
    expectUntouched(peer.socket, before);
  });

  it("sends nothing if its signal is already aborted", async () => {
    await using peer = await connectedTo(() => {});
    const caller = new AbortController();
    const reason = new Error("too late");
    caller.abort(reason);
    await expect(ping(peer.socket, caller.signal)).rejects.toBe(reason);
    expect(peer.socket.bytesWritten).toBe(0);
  });
});
