import { once } from "node:events";
import { type Socket, connect } from "node:net";

import { describe, expect, it } from "vitest";

import { reset } from "../../../runtime/src/base/reset.ts";
import { ended, startUpstream } from "../support/sockets.ts";

const PATIENCE = 15_000;

/** Both ends of a connection on loopback. */
async function connected(): Promise<AsyncDisposable & { near: Socket; far: Socket }> {
  const accepted: Socket[] = [];
  const upstream = await startUpstream((socket) => void accepted.push(socket));
  const near = connect({ port: upstream.port, host: "127.0.0.1", allowHalfOpen: true });
  near.on("error", () => {});
  await once(near, "connect");
  near.write("hello");
  while (accepted.length === 0) await new Promise(setImmediate);
  const [far] = accepted;
  if (far === undefined) throw new Error("no connection");
  return { near, far, [Symbol.asyncDispose]: upstream[Symbol.asyncDispose] };
}

describe("reset", () => {
  it("gives the peer an error instead of an end", async () => {
    await using pair = await connected();
    const end = ended(pair.near);
    reset(pair.far);
    expect(await end).toBe("ECONNRESET");
  });

  it("closes a connection with unsent data", async () => {
    await using pair = await connected();
    const { near, far } = pair;
    const closed = once(far, "close", { signal: AbortSignal.timeout(PATIENCE) });
    near.pause();
    // More than the kernel's buffers take if nothing reads.
    far.write(Buffer.alloc(64 * 2 ** 20));
    far.end();
    reset(far);
    await closed;
    expect(far.destroyed).toBe(true);
  });

  it.each([
    ["at once", () => Promise.resolve()],
    ["a tick later", () => new Promise<void>((resolve) => process.nextTick(resolve))],
    ["when it is sent", (socket: Socket) => once(socket, "finish")],
  ])("closes a connection that has been ended, %s", async (_, moment) => {
    await using pair = await connected();
    const closed = once(pair.far, "close", { signal: AbortSignal.timeout(PATIENCE) });
    pair.far.end();
    await moment(pair.far);
    reset(pair.far);
    await closed;
    expect(pair.far.destroyed).toBe(true);
  });

  it("does nothing to a closed connection", async () => {
    await using pair = await connected();
    pair.far.destroy();
    await once(pair.far, "close");
    reset(pair.far);
    expect(pair.far.destroyed).toBe(true);
  });
});
