import { once } from "node:events";
import { type Socket, connect as connectTcp } from "node:net";
import { buffer, text } from "node:stream/consumers";
import { connect as connectTls } from "node:tls";

import { describe, expect, it, onTestFinished, vi } from "vitest";

import type { Lifetime } from "../../../runtime/src/base/lifetime.ts";
import { SrvSocket } from "../../../runtime/src/stream/srv-socket.ts";
import { ended, exchange, startEcho, startTlsUpstream, startUpstream } from "../support/sockets.ts";

/** A stream to a port of this machine, and the sockets that it has dialed. */
function socketTo(port: number) {
  const dials: Lifetime[] = [];
  const connections: Socket[] = [];
  const socket = new SrvSocket(async (caller) => {
    dials.push(caller);
    const connection = connectTcp({ host: "127.0.0.1", port });
    await once(connection, "connect");
    connections.push(connection.unref());
    const where = { host: "localhost", address: "127.0.0.1", port };
    return { ...where, socket: connection, isReady: true };
  });
  onTestFinished(() => void socket.on("error", () => {}).destroy());
  return { socket, dials, connections };
}

/** A stream whose dial never ends by itself. */
function silentSocket() {
  const dials: Lifetime[] = [];
  const socket = new SrvSocket((caller) => {
    dials.push(caller);
    return caller.wait(() => () => {});
  });
  onTestFinished(() => void socket.on("error", () => {}).destroy());
  return { socket, dials };
}

/** Whether the connection keeps the process alive. */
function isRef(connection: Socket | undefined): boolean {
  const handle = Reflect.get(connection ?? {}, "_handle") as { hasRef(): boolean };
  return handle.hasRef();
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("a stream dials", () => {
  it("not before it is used", async () => {
    const { socket, dials } = silentSocket();
    socket.setNoDelay().setKeepAlive(true, 1_000).setTimeout(60_000).unref().ref();
    socket.on("connect", () => {}).on("error", () => {});
    await nextTurn();
    expect(dials).toEqual([]);
    expect(socket).toMatchObject({ connecting: false, pending: true, readyState: "closed" });
  });

  it.each<[string, (socket: SrvSocket) => void]>([
    ["connect()", (socket) => socket.connect()],
    ["connect(port, host)", (socket) => socket.connect(5432, "ignored")],
    ["a listener of data", (socket) => socket.on("data", () => {})],
    ["a write", (socket) => socket.write("hello")],
  ])("with %s, once", async (_how, use) => {
    const { socket, dials } = silentSocket();
    use(socket);
    use(socket);
    await nextTurn();
    expect(dials).toHaveLength(1);
    expect(socket).toMatchObject({ connecting: true, pending: true, readyState: "opening" });
  });

  it("and emits the connection events before anything is sent", async () => {
    await using echo = await startEcho();
    const { socket } = socketTo(echo.port);
    const events: string[] = [];
    socket.on("lookup", (...args) => events.push(`lookup ${args.join(" ")}`));
    socket.on("connect", () => events.push("connect")).on("ready", () => events.push("ready"));
    socket.on("data", () => events.push("data"));
    socket.write("hello");
    await new Promise<void>((resolve) => socket.connect(() => resolve()));
    await vi.waitFor(() =>
      expect(events).toEqual(["lookup  127.0.0.1 4 localhost", "connect", "ready", "data"]),
    );
    expect(socket).toMatchObject({
      connecting: false,
      pending: false,
      readyState: "open",
      remoteAddress: "127.0.0.1",
      remotePort: echo.port,
      localAddress: "127.0.0.1",
      localFamily: "IPv4",
      remoteFamily: "IPv4",
      bytesRead: 5,
      bytesWritten: 5,
    });
    expect(socket.address()).toMatchObject({ address: "127.0.0.1", port: socket.localPort });
  });
});

describe("a connected stream", () => {
  it.each([undefined, new Error("gone")])("closes like a socket, with %s", async (error) => {
    await using echo = await startEcho();
    const { socket } = socketTo(echo.port);
    const events: unknown[] = [];
    socket.on("error", (reason) => events.push(reason));
    socket.on("close", (...given: unknown[]) => events.push(given));
    await new Promise<void>((resolve) => socket.connect(() => resolve()));
    socket.destroy(error);
    await vi.waitFor(() =>
      expect(events).toEqual(error === undefined ? [[false]] : [error, [true]]),
    );
  });

  it("passes on data written before and after, in order", async () => {
    await using echo = await startEcho();
    const { socket } = socketTo(echo.port);
    socket.write("a");
    socket.write(Buffer.from("b"));
    socket.write("63", "hex");
    await expect(exchange(socket as object as Socket, "d", 4)).resolves.toBe("abcd");
    socket.cork();
    for (const letter of "efg") socket.write(letter);
    socket.uncork();
    await expect(exchange(socket as object as Socket, "h", 4)).resolves.toBe("efgh");
  });

  it("passes on backpressure in both directions, and every byte", async () => {
    const size = 8 * 2 ** 20;
    let received = 0;
    await using upstream = await startUpstream((peer) => {
      peer.pause();
      peer.on("data", (chunk: Buffer) => (received += chunk.length));
      peer.on("end", () => peer.end(Buffer.alloc(size, "x")));
    });
    const { socket, connections } = socketTo(upstream.port);
    socket.end(Buffer.alloc(size));
    await vi.waitFor(() => expect(upstream.sockets.size).toBe(1));
    expect(socket.writableLength).toBe(size);
    for (const peer of upstream.sockets) peer.resume();
    await once(socket, "finish");

    // Nothing reads it yet, so only a part has arrived.
    socket.read(0);
    await vi.waitFor(() => expect(connections[0]?.isPaused()).toBe(true));
    expect(socket.bytesRead).toBeLessThan(size);
    expect((await buffer(socket)).length).toBe(size);
    expect(received).toBe(size);
  });

  it("ends when the peer has ended and its data is read", async () => {
    await using upstream = await startUpstream((peer) => peer.end("bye"));
    const { socket } = socketTo(upstream.port);
    await expect(text(socket)).resolves.toBe("bye");
    await vi.waitFor(() => expect(socket.closed).toBe(true));
    await vi.waitFor(() => expect(upstream.sockets.size).toBe(0));
  });

  it("notices the peer's end even if nothing reads it", async () => {
    await using upstream = await startUpstream((peer) => peer.end());
    const { socket } = socketTo(upstream.port);
    socket.connect();
    await once(socket, "close");
    expect(socket.readableEnded).toBe(true);
  });

  it("can be written until the data before the peer's end is read", async () => {
    let received = "";
    await using upstream = await startUpstream((peer) => {
      peer.on("data", (chunk) => (received += String(chunk)));
      peer.end("hello");
    });
    const { socket, connections } = socketTo(upstream.port);
    socket.connect();
    await vi.waitFor(() => expect(connections[0]?.readableEnded).toBe(true));
    socket.write("an answer");
    await vi.waitFor(() => expect(received).toBe("an answer"));
    await expect(text(socket)).resolves.toBe("hello");
  });

  it("closes when its connection closes without an end", async () => {
    await using echo = await startEcho();
    const { socket, connections } = socketTo(echo.port);
    await once(socket.connect(), "connect");
    connections[0]?.destroy();
    await once(socket, "close");
    expect(socket.readableEnded).toBe(false);
  });

  it("applies settings from before the connection", async () => {
    await using echo = await startEcho();
    const { socket, connections } = socketTo(echo.port);
    socket.setNoDelay(true).setKeepAlive(true, 1_000).setTimeout(50_000).unref();
    await once(socket.connect(), "connect");
    const [connection] = connections;
    expect(connection?.timeout).toBe(50_000);
    expect(isRef(connection)).toBe(false);
    socket.ref();
    expect(isRef(connection)).toBe(true);
  });

  it("keeps the process alive unless unref'ed, even though its dial does not", async () => {
    await using echo = await startEcho();
    const { socket, connections } = socketTo(echo.port);
    await once(socket.connect(), "connect");
    expect(isRef(connections[0])).toBe(true);
    socket.unref();
    expect(isRef(connections[0])).toBe(false);
  });

  it("can be reset, so that the peer does not mistake partial data for everything", async () => {
    const ends: Promise<string | undefined>[] = [];
    await using upstream = await startUpstream((peer) => ends.push(ended(peer)));
    const { socket } = socketTo(upstream.port);
    await once(socket.connect(), "connect");
    await vi.waitFor(() => expect(ends).toHaveLength(1));
    socket.resetAndDestroy();
    await expect(ends[0]).resolves.toBe("ECONNRESET");
  });
});

describe("TLS over a stream", () => {
  it("is read to its end, however late", async () => {
    await using upstream = await startTlsUpstream((peer) => peer.end("bye"));
    const { socket, connections } = socketTo(upstream.port);
    const client = connectTls({ socket, rejectUnauthorized: false });
    await vi.waitFor(() => expect(connections[0]?.readableEnded).toBe(true));
    await nextTurn();
    await expect(text(client)).resolves.toBe("bye");
    await vi.waitFor(() => expect(socket.closed).toBe(true));
  });

  it("ends without an error if the server ends without a last message", async () => {
    await using upstream = await startTlsUpstream((peer) => peer.destroy());
    const { socket } = socketTo(upstream.port);
    const client = connectTls({ socket, rejectUnauthorized: false });
    await expect(ended(client)).resolves.toBeUndefined();
    await vi.waitFor(() => expect(socket.closed).toBe(true));
  });
});

describe("destroy", () => {
  it("ends the dial, and fails waiting writes", async () => {
    const { socket, dials } = silentSocket();
    const written = new Promise((resolve) => socket.write("hello", resolve));
    socket.destroy();
    await once(socket, "close");
    expect(dials[0]?.reason).toMatchObject({ code: "ERR_SRV_ABORTED" });
    await expect(written).resolves.toMatchObject({ message: "closed before it was connected" });
  });

  it("before the first use prevents the dial", async () => {
    const { socket, dials } = silentSocket();
    socket.destroy();
    socket.connect();
    await once(socket, "close");
    expect(dials).toEqual([]);
  });

  it("ends the connection, also one that is made at the same moment", async () => {
    await using echo = await startEcho();
    const late = socketTo(echo.port);
    late.socket.connect();
    await vi.waitFor(() => expect(echo.sockets.size).toBe(1));
    late.socket.destroy();
    const open = socketTo(echo.port);
    open.socket.connect(() => open.socket.destroy());
    await once(open.socket, "close");
    await vi.waitFor(() => expect(echo.sockets.size).toBe(0));
  });

  it("prevents connection events at the moment of its end", async () => {
    await using echo = await startEcho();
    const connection = connectTcp({ host: "127.0.0.1", port: echo.port });
    await once(connection, "connect");
    const where = { host: "127.0.0.1", address: "127.0.0.1", port: echo.port };
    const dialed = Promise.resolve({ ...where, socket: connection, isReady: true });
    const socket = new SrvSocket(() => dialed);
    const events: string[] = [];
    socket.on("connect", () => events.push("connect")).connect();
    // After the stream has the connection, and before it emits connect.
    void dialed.then(() => socket.destroy());
    await once(socket, "close");
    expect(events).toEqual([]);
    expect(connection.destroyed).toBe(true);
  });

  it("drops waiting data if a listener of connect does it", async () => {
    await using echo = await startEcho();
    const { socket, connections } = socketTo(echo.port);
    socket.on("error", () => {}).write("hello");
    let write: unknown;
    socket.on("connect", () => {
      write = vi.spyOn(connections[0] as Socket, "write");
      socket.destroy();
    });
    await once(socket, "close");
    expect(write).not.toHaveBeenCalled();
  });

  it("destroySoon waits until everything is written", async () => {
    let received = "";
    await using upstream = await startUpstream((peer) => {
      peer.on("data", (chunk) => (received += String(chunk)));
    });
    const { socket } = socketTo(upstream.port);
    socket.write("hello");
    socket.destroySoon();
    await once(socket, "close");
    await vi.waitFor(() => expect(received).toBe("hello"));
  });

  it("destroySoon closes immediately if everything is written", async () => {
    await using upstream = await startUpstream((peer) => peer.resume());
    const { socket } = socketTo(upstream.port);
    socket.end("hello");
    await once(socket, "finish");
    socket.destroySoon();
    expect(socket.destroyed).toBe(true);
  });
});

describe("end", () => {
  it("closes an unused stream without a dial", async () => {
    const { socket, dials } = silentSocket();
    socket.end();
    await once(socket, "close");
    expect(dials).toEqual([]);
  });

  it("still allows reading the peer's data", async () => {
    await using upstream = await startUpstream((peer) => {
      peer.resume().on("end", () => peer.end("all of it"));
    });
    const { socket } = socketTo(upstream.port);
    socket.end("hello");
    await once(socket, "finish");
    expect(socket.readyState).toBe("readOnly");
    await expect(text(socket)).resolves.toBe("all of it");
  });
});

describe("setTimeout", () => {
  it("reports a dial that takes too long", async () => {
    const { socket } = silentSocket();
    socket.setTimeout(10).connect();
    await once(socket, "timeout");
    expect(socket.destroyed).toBe(false);
  });

  it("reports a connection without activity", async () => {
    await using echo = await startEcho();
    const { socket } = socketTo(echo.port);
    await once(socket.connect(), "connect");
    await new Promise<void>((resolve) => socket.setTimeout(10, resolve));
    expect(socket.timeout).toBe(10);
  });

  it("is turned off by undefined, before and after the connection exists", async () => {
    await using echo = await startEcho();
    const { socket, connections } = socketTo(echo.port);
    const none = undefined as unknown as number;
    expect(socket.setTimeout(10).setTimeout(none).timeout).toBe(0);
    await once(socket.connect(), "connect");
    expect(socket.setTimeout(50_000).setTimeout(none).timeout).toBe(0);
    expect(connections[0]?.timeout).toBe(0);
  });

  it("refuses an invalid time", () => {
    const { socket } = silentSocket();
    expect(() => socket.setTimeout(-1)).toThrow("Invalid timeout: got -1; allowed: milliseconds");
  });
});
