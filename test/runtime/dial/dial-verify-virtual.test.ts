import { describe, expect, it } from "vitest";

import type { SrvVerify } from "../../../runtime/src/base/types.ts";
import { failureOf } from "../support/failures.ts";
import { leading } from "../support/network.ts";
import { NAME } from "../support/sources.ts";

describe("a dial with a check of the server", () => {
  it("gives the connection that passes", async () => {
    const checked: unknown[] = [];
    const verify: SrvVerify = async (socket, { signal }) => {
      checked.push([socket, signal.aborted]);
    };
    const { dialer, connections } = leading({ 1: "accepts" }, verify);
    expect(await dialer.dial()).toMatchObject({ port: 1, isReady: true });
    expect(checked).toEqual([[connections[0]?.socket, false]]);
    dialer.close();
  });

  it("fails with the phase and the reason of the check, and leaves no socket", async () => {
    const { dialer, connections } = leading({ 1: "accepts" }, () =>
      Promise.reject(new Error("not Redis")),
    );
    const error = await failureOf(dialer.dial());
    expect(error.attempts).toMatchObject([{ phase: "verify", error: { message: "not Redis" } }]);
    expect(connections[0]?.socket.destroyed).toBe(true);
  });

  it("accepts a check that gives no promise", async () => {
    const checks: (() => unknown)[] = [() => undefined, () => false];
    const verify = (() => checks.shift()?.()) as unknown as SrvVerify;
    const { dialer } = leading({ 1: "accepts" }, verify);
    expect(await dialer.dial()).toMatchObject({ isReady: true });
    expect(await dialer.dial()).toMatchObject({ isReady: false });
    dialer.close();
  });

  it("gives one that is not ready if there is no other, and then tries it last", async () => {
    const unready = new Set([1]);
    const verify: SrvVerify = (socket) => {
      const port = connections.find((each) => each.socket === socket)?.options.port ?? 0;
      return Promise.resolve(!unready.has(port));
    };
    const { dialer, connections, dialed } = leading({ 1: "accepts", 2: "refuses" }, verify);
    expect(await dialer.dial()).toMatchObject({ port: 1, isReady: false });
    expect(dialed()).toEqual([1, 2]);
    unready.clear();
    await dialer.dial();
    // Both have failed, so their order stays. A success ends the cooldown.
    expect(dialed()).toEqual([1, 2, 1]);
    dialer.close();
  });

  it("tries one that is not ready after a ready one the next time", async () => {
    const verify: SrvVerify = (socket) => Promise.resolve(connections[0]?.socket !== socket);
    const { dialer, connections, dialed } = leading({ 1: "accepts", 2: "accepts" }, verify);
    expect(await dialer.dial()).toMatchObject({ port: 2, isReady: true });
    expect(await dialer.dial()).toMatchObject({ port: 2 });
    expect(dialed()).toEqual([1, 2, 2]);
    dialer.close();
  });

  it("says why one that was not ready, and closed, was not used", async () => {
    const { dialer, clock, connections } = leading({ 1: "accepts", 2: "silent" }, () =>
      Promise.resolve(false),
    );
    const failure = failureOf(dialer.dial());
    await clock.advance(0);
    connections[0]?.socket.destroy();
    await clock.advance(0);
    connections[1]?.socket.destroy(new Error("refused"));
    expect((await failure).message).toBe(
      `Cannot connect to ${NAME}: 127.0.0.1:1: answers that it is not ready; 127.0.0.1:2: refused`,
    );
    dialer.close();
  });
});
