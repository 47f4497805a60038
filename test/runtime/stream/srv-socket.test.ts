import { once } from "node:events";
import { readFileSync } from "node:fs";
import { Socket, connect as connectTcp } from "node:net";
import { buffer, text } from "node:stream/consumers";
import { connect as connectTls } from "node:tls";

import { describe, expect, it, onTestFinished, vi } from "vitest";

import { TLS_FILES } from "../../support/tls/certificates.ts";
import { SrvSocket } from "../../../runtime/src/stream/srv-socket.ts";
import { exchange, startEcho, startTlsUpstream, startUpstream } from "../support/sockets.ts";

const ca = readFileSync(TLS_FILES.cert);

/** A stream to a port of this machine, with TLS if asked, and what it has dialed. */
function socketTo(port: number, { tls = false } = {}) {
  const connections: Socket[] = [];
  const socket = SrvSocket.over(async () => {
    const where = { host: "127.0.0.1", port };
    // With TLS 1.2, both sides are connected at the same time.
    const how = { ca, servername: "localhost", maxVersion: "TLSv1.2" } as const;
    const connection = tls ? connectTls({ ...where, ...how }) : connectTcp(where);
    await once(connection, tls ? "secureConnect" : "connect");
    connections.push(connection);
    return connection;
  });
  onTestFinished(() => void socket.on("error", () => {}).destroy());
  return { socket, connections };
}

/** The same, when it is connected. */
async function connectedTo(port: number, options?: { tls?: boolean }) {
  const { socket, connections } = socketTo(port, options);
  await once(socket.connect(), "connect");
  return { socket, connection: connections[0] as Socket };
}

/** A stream whose dial never ends by itself, and the signals of its dials. */
function silentSocket() {
  const dials: AbortSignal[] = [];
  const socket = SrvSocket.over((signal) => {
    dials.push(signal);
    return new Promise((_, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason as Error));
    });
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
    expect(socket).toMatchObject({ connecting: false, pending: true });
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
    expect(socket).toMatchObject({ connecting: true, pending: true });
  });

  it("and emits the connection events before anything is sent", async () => {
    await using echo = await startEcho();
    const { socket } = socketTo(echo.port);
    const events: string[] = [];
    socket.on("lookup", (...args) => events.push(`lookup ${args.join(" ")}`));
    for (const event of ["connect", "ready", "secureConnect", "data"]) {
      socket.on(event, () => events.push(event));
    }
    socket.write("hello");
    await new Promise<void>((resolve) => socket.connect(() => resolve()));
    const lookup = "lookup  127.0.0.1 4 127.0.0.1";
    await vi.waitFor(() => expect(events).toEqual([lookup, "connect", "ready", "data"]));
    expect(socket).toMatchObject({
      connecting: false,
      pending: false,
      remoteAddress: "127.0.0.1",
      remotePort: echo.port,
      remoteFamily: "IPv4",
      localAddress: "127.0.0.1",
      localFamily: "IPv4",
      bytesRead: 5,
      bytesWritten: 5,
      encrypted: false,
    });
    expect(socket.address()).toMatchObject({ address: "127.0.0.1", port: socket.localPort });
  });

  it.each([
    ["something else than a socket", {}, TypeError],
    ["a closed socket", new Socket().destroy(), Error],
  ])("and fails if it gets %s", async (_what, given, Kind) => {
    const socket = SrvSocket.over(() => Promise.resolve(given as Socket));
    await expect(once(socket.connect(), "error")).resolves.toEqual([expect.any(Kind)]);
  });
});

describe("a connected stream", () => {
  it.each([
    ["it is destroyed", undefined],
    ["it is destroyed", new Error("gone")],
    ["its connection is", undefined],
    ["its connection is", new Error("moved")],
  ])("closes like a socket if %s, with %s", async (what, error) => {
    await using echo = await startEcho();
    const { socket, connection } = await connectedTo(echo.port);
    const events: unknown[] = [];
    socket.on("error", (reason) => events.push(reason));
    socket.on("close", (...given: unknown[]) => events.push(given));
    (what === "it is destroyed" ? socket : connection).destroy(error);
    const expected = error === undefined ? [[false]] : [error, [true]];
    await vi.waitFor(() => expect(events).toEqual(expected));
    expect(socket.readableEnded).toBe(false);
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

  it("ends when the peer has ended, even if nothing reads it", async () => {
    await using upstream = await startUpstream((peer) => peer.end());
    const { socket } = socketTo(upstream.port);
    await once(socket.connect(), "close");
    expect(socket.readableEnded).toBe(true);
    await vi.waitFor(() => expect(upstream.sockets.size).toBe(0));
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

  it("applies settings from before the connection, and later ones", async () => {
    await using echo = await startEcho();
    const { socket, connections } = socketTo(echo.port);
    socket.setNoDelay(true).setKeepAlive(true, 1_000).setTimeout(50_000).unref();
    await once(socket.connect(), "connect");
    expect(connections[0]?.timeout).toBe(50_000);
    expect(isRef(connections[0])).toBe(false);
    socket.ref();
    expect(isRef(connections[0])).toBe(true);
    socket.unref();
    expect(isRef(connections[0])).toBe(false);
  });
});

describe("a stream whose connection has TLS", () => {
  const NONE = { encrypted: false, authorized: false, authorizationError: null };

  it("answers like a TLSSocket once it is connected", async () => {
    await using upstream = await startTlsUpstream(() => {});
    const { socket } = socketTo(upstream.port, { tls: true });
    expect(socket).toMatchObject({ ...NONE, alpnProtocol: null });
    expect(socket.getPeerCertificate()).toEqual({});
    expect(socket.getProtocol()).toBeNull();
    const events: string[] = [];
    for (const event of ["ready", "secureConnect", "connect"]) {
      socket.on(event, () => events.push(event));
    }
    await once(socket.connect(), "secureConnect");
    expect(events).toEqual(["connect", "ready", "secureConnect"]);
    expect(socket).toMatchObject({ ...NONE, encrypted: true, authorized: true });
    expect(socket.getPeerCertificate()).toMatchObject({ subject: { CN: "test only" } });
    expect(socket.getProtocol()).toBe("TLSv1.2");
  });

  it.each([
    ["is read to its end, however late", "bye"],
    ["ends without an error if the server sends no last message", undefined],
  ])("does not if the TLS is the client's, which %s", async (_what, message) => {
    await using upstream = await startTlsUpstream((peer) => {
      if (message === undefined) peer.destroy();
      else peer.end(message);
    });
    const { socket, connections } = socketTo(upstream.port);
    const client = connectTls({ socket, rejectUnauthorized: false });
    await vi.waitFor(() => expect(connections[0]?.readableEnded).toBe(true));
    await nextTurn();
    expect(socket).toMatchObject(NONE);
    await expect(text(client)).resolves.toBe(message ?? "");
    await vi.waitFor(() => expect(socket.closed).toBe(true));
  });
});

describe("destroy", () => {
  it("ends the dial for one common reason, and fails waiting writes", async () => {
    const streams = [silentSocket(), silentSocket()];
    const reasons: unknown[] = [];
    for (const { socket, dials } of streams) {
      const written = new Promise((resolve) => socket.write("hello", resolve));
      await once(socket.destroy(), "close");
      await expect(written).resolves.toMatchObject({ message: "closed before it was connected" });
      reasons.push(dials[0]?.reason);
    }
    expect(reasons[0]).toBeInstanceOf(Error);
    expect(reasons[1]).toBe(reasons[0]);
  });

  it("before the first use prevents the dial, and so does end", async () => {
    const { socket, dials } = silentSocket();
    await once(socket.destroy().connect(), "close");
    const unused = silentSocket();
    await once(unused.socket.end(), "close");
    expect([dials, unused.dials]).toEqual([[], []]);
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
    const dialed = Promise.resolve(connection);
    const socket = SrvSocket.over(() => dialed);
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

  it("by destroySoon waits until everything is written", async () => {
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
});

describe("setTimeout", () => {
  it("reports a dial that takes too long, and a connection without activity", async () => {
    const { socket } = silentSocket();
    await once(socket.setTimeout(10).connect(), "timeout");
    expect(socket.destroyed).toBe(false);
    await using echo = await startEcho();
    const open = await connectedTo(echo.port);
    await new Promise<void>((resolve) => open.socket.setTimeout(10, resolve));
    expect(open.socket.timeout).toBe(10);
  });

  it("is turned off by undefined, before and after the connection exists; no other value is", async () => {
    await using echo = await startEcho();
    const { socket, connections } = socketTo(echo.port);
    const none = undefined as unknown as number;
    expect(socket.setTimeout(10).setTimeout(none).timeout).toBe(0);
    await once(socket.connect(), "connect");
    expect(socket.setTimeout(50_000).setTimeout(none).timeout).toBe(0);
    expect(connections[0]?.timeout).toBe(0);
    expect(() => socket.setTimeout(-1)).toThrow("Invalid timeout: got -1; allowed: milliseconds");
  });
});
