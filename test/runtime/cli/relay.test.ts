import { createHash } from "node:crypto";
import { once } from "node:events";
import type { Socket } from "node:net";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

import { TLS_FILES } from "../../support/tls/certificates.ts";
import { type Forwarded, forward, WAIT } from "../support/forwarded.ts";
import { type Installation, install } from "../support/installed.ts";
import {
  type Upstream,
  connectTo,
  ended,
  exchange,
  readAll,
  startTlsUpstream,
  startUpstream,
} from "../support/sockets.ts";

let cli: Installation;
/** One forward for all tests without options, and a function that sets the service of the next connection. */
let forwarded: Forwarded;
let upstream: Upstream;
let serve: (socket: Socket) => void;

beforeAll(async () => {
  cli = install();
  upstream = await startUpstream((socket) => serve(socket));
  forwarded = await forward(cli, [upstream.port]);
});

afterAll(async () => {
  await forwarded[Symbol.asyncDispose]();
  await upstream[Symbol.asyncDispose]();
  cli[Symbol.dispose]();
});

describe("srv-dialer forward, between client and service", () => {
  it("passes on the client's half-close, and then the answer", async () => {
    serve = (socket) => {
      void readAll(socket).then((text) => socket.end(`got ${text}`));
    };
    using client = await connectTo(forwarded.where);

    client.end("the whole request");

    expect(await readAll(client)).toBe("got the whole request");
  });

  it("passes on the service's half-close, and then the client's remaining data", async () => {
    const heard: Promise<string>[] = [];
    serve = (socket) => {
      heard.push(readAll(socket));
      socket.end("that is all");
    };
    using client = await connectTo(forwarded.where);

    expect(await readAll(client)).toBe("that is all");
    client.end("thank you");

    expect(await heard[0]).toBe("thank you");
  });

  it("resets the service's side when the client is reset, and vice versa", async () => {
    const served: Socket[] = [];
    serve = (socket) => {
      served.push(socket);
      socket.pipe(socket);
    };
    using leaving = await connectTo(forwarded.where);
    expect(await exchange(leaving, "hello")).toBe("hello");
    using left = await connectTo(forwarded.where);
    expect(await exchange(left, "hello")).toBe("hello");
    const [first, second] = served;
    if (first === undefined || second === undefined) throw new Error("two connections are needed");

    const ends = [ended(first), ended(left)];
    leaving.resetAndDestroy();
    second.resetAndDestroy();

    expect(await Promise.all(ends)).toEqual(["ECONNRESET", "ECONNRESET"]);
    expect(forwarded.command.stderr()).toBe("");
  });

  it("slows down a writer if its reader is slow, and passes on 50 MB unchanged", async () => {
    let sent: Promise<string> | undefined;
    let source: Socket | undefined;
    await using writer = await startUpstream((socket) => {
      socket.resume();
      source = socket;
      sent = push(socket);
    });
    const listen = `unix:${join(cli.folder, "slow")}`;
    await using slow = await forward(cli, [writer.port], { listen });
    using client = await connectTo(slow.where);
    await vi.waitUntil(() => sent !== undefined, WAIT);
    // Without a reader, the kernel's buffers fill up, and the transfer stops.
    await untilStable(() => (source?.bytesWritten ?? 0) - (source?.writableLength ?? 0));
    expect(source?.writableLength).toBeGreaterThan(0);

    const received = createHash("sha256");
    client.on("data", (chunk) => received.update(chunk));
    await once(client, "end", { signal: AbortSignal.timeout(WAIT.timeout) });

    expect(received.digest("hex")).toBe(await sent);
  });

  it("also passes on half-closes through TLS", async () => {
    await using server = await startTlsUpstream((socket) => {
      void readAll(socket).then((text) => socket.end(`got ${text}`));
    });
    const env = { NODE_EXTRA_CA_CERTS: TLS_FILES.cert };
    await using secure = await forward(cli, [server.port], { options: ["--tls"], env });
    using client = await connectTo(secure.where);

    client.end("the whole request");

    expect(await readAll(client)).toBe("got the whole request");
  });
});

/** Sends 50 MB with backpressure, then ends. @returns the SHA-256 */
async function push(socket: Socket): Promise<string> {
  const hash = createHash("sha256");
  for (let megabyte = 0; megabyte < 50; megabyte++) {
    const chunk = Buffer.alloc(2 ** 20, `${megabyte} bottles of beer `);
    hash.update(chunk);
    if (!socket.write(chunk)) {
      await once(socket, "drain", { signal: AbortSignal.timeout(WAIT.timeout) });
    }
  }
  socket.end();
  return hash.digest("hex");
}

/** Resolves when a number stops changing. */
async function untilStable(read: () => number): Promise<void> {
  let last = -1;
  let times = 0;
  await vi.waitUntil(
    () => {
      const now = read();
      times = now === last ? times + 1 : 0;
      last = now;
      return times === 10;
    },
    { timeout: WAIT.timeout, interval: 20 },
  );
}
