import { readFileSync } from "node:fs";
import { Socket } from "node:net";

import { describe, expect, it, vi } from "vitest";

import { Lifetime } from "../../../runtime/src/base/lifetime.ts";
import { connectTo } from "../../../runtime/src/dial/connection.ts";
import { createSrvDialer } from "../../../runtime/src/dialer/dialer.ts";
import { parseOptions } from "../../../runtime/src/dialer/options.ts";
import type { SrvDialerOptions } from "../../../runtime/src/base/types.ts";
import { NAME, resolverOf, startListener, target } from "../support/dialing.ts";

/** A port in the format of the kernel. */
function hex(port: number): string {
  return port.toString(16).toUpperCase().padStart(4, "0");
}

/** The timer of a connection in the kernel's table: 02 is keep-alive. */
function timerOf({ localPort = 0, remotePort = 0 }: Socket): string | undefined {
  const row = new RegExp(`:${hex(localPort)} \\w+:${hex(remotePort)} 01 \\S+ (\\d\\d):`);
  return row.exec(readFileSync("/proc/net/tcp", "utf8"))?.[1];
}

/** The option in Node.js, because the kernel does not show it. */
function hasNoDelay(socket: Socket): unknown {
  const symbol = Object.getOwnPropertySymbols(socket).find(
    ({ description }) => description === "kSetNoDelay",
  );
  return symbol === undefined ? undefined : (socket as unknown as Record<symbol, unknown>)[symbol];
}

async function connected(options: SrvDialerOptions) {
  const server = await startListener();
  const dialer = createSrvDialer(NAME, { resolver: resolverOf(target(server.port)), ...options });
  const socket = await dialer.connect();
  await vi.waitUntil(() => server.sockets.size === 1);
  const [peer] = server.sockets;
  const dispose = async (): Promise<void> => {
    socket.destroy();
    await server.close();
  };
  return { socket, peer, [Symbol.asyncDispose]: dispose };
}

describe("the socket of an attempt", () => {
  it("may be closed before it connects, without an error", async () => {
    const closed = new Socket().destroy();
    const connect = (): Socket => closed;
    const { socket, tls, servername, verify } = parseOptions(NAME);
    const options = { connect, socket, tls, servername, verify, ref: true };
    const where = { host: "a", address: "127.0.0.1", port: 1 };
    const attempted = connectTo(where, options, new Lifetime());
    await expect(attempted).rejects.toThrow("closed before connect");
  });

  it.each<[string, (peer: Socket) => void]>([
    ["resets", (peer) => peer.resetAndDestroy()],
    ["ends", (peer) => peer.end()],
  ])("fails when the peer %s it during a check that does not look at it", async (_what, leave) => {
    const server = await startListener();
    const resolver = resolverOf(target(server.port));
    const verify = async (socket: Socket): Promise<void> => {
      socket.resume();
      await vi.waitUntil(() => server.sockets.size === 1);
      for (const peer of server.sockets) leave(peer);
      await new Promise(() => {});
    };
    const dialer = createSrvDialer(NAME, { resolver, verify });
    await expect(dialer.connect({ timeout: 20_000 })).rejects.toMatchObject({
      code: "ERR_SRV_CONNECT",
      attempts: [{ phase: "verify" }],
    });
    await server.close();
  });

  it("is not given to the caller if the check has closed it", async () => {
    await using led = await startListener();
    const resolver = resolverOf(target(led.port));
    const dialer = createSrvDialer(NAME, {
      resolver,
      verify: async (socket) => void socket.destroy(),
    });
    await expect(dialer.connect()).rejects.toMatchObject({ code: "ERR_SRV_CONNECT" });
  });

  it("has Node's defaults", async () => {
    await using led = await connected({});
    expect(timerOf(led.socket)).toBe("00");
    expect(hasNoDelay(led.socket)).toBe(false);
    expect(led.peer?.remoteAddress).toBe("127.0.0.1");
  });

  it("has the options of the dialer", async () => {
    await using led = await connected({
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: 60_000,
      localAddress: "127.0.0.2",
    });
    expect(timerOf(led.socket)).toBe("02");
    expect(hasNoDelay(led.socket)).toBe(true);
    expect(led.peer?.remoteAddress).toBe("127.0.0.2");
  });

  it("is like one of net.connect: it flows with a listener", async () => {
    await using led = await connected({});
    expect(led.socket.readableFlowing).toBeNull();
    led.peer?.write("hello");
    const [chunk] = await new Promise<unknown[]>((resolve) =>
      led.socket.on("data", (...args: unknown[]) => resolve(args)),
    );
    expect(String(chunk)).toBe("hello");
  });
});
