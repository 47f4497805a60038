import { describe, expect, it } from "vitest";

import type { SrvResolver, SrvVerify } from "../../../runtime/src/base/types.ts";
import { failureOf } from "../support/failures.ts";
import { type Behaviour, dialerIn, leading, played } from "../support/network.ts";
import { NAME, answerWith, resolverInTurn, resolverOf, target } from "../support/sources.ts";

const ATTEMPT_DELAY = 250;

const notReady: SrvVerify = () => Promise.resolve(false);

describe("a dial with a check of the server", () => {
  it("gives the connection that passes", async () => {
    const checked: unknown[] = [];
    const { dialer, connections } = leading({ 1: "accepts" }, async (socket) => {
      checked.push(socket);
    });
    expect(await dialer.dial()).toMatchObject({ port: 1, isReady: true });
    expect(checked).toEqual([connections[0]?.socket]);
  });

  it("fails with the phase and the reason of the check, and leaves no socket", async () => {
    const { dialer, connections } = leading({ 1: "accepts" }, () =>
      Promise.reject(new Error("not Redis")),
    );
    const error = await failureOf(dialer.dial());
    expect(error.attempts).toMatchObject([{ phase: "verify", error: { message: "not Redis" } }]);
    expect(connections[0]?.socket.destroyed).toBe(true);
  });

  it("accepts a check that gives no promise, or throws at once", async () => {
    const checks: (() => unknown)[] = [
      () => undefined,
      () => false,
      () => {
        throw new Error("at once");
      },
    ];
    const verify = (() => checks.shift()?.()) as unknown as SrvVerify;
    const { dialer } = leading({ 1: "accepts" }, verify);
    expect(await dialer.dial()).toMatchObject({ isReady: true });
    expect(await dialer.dial()).toMatchObject({ isReady: false });
    expect((await failureOf(dialer.dial())).message).toContain("at once");
  });

  it("gives no connection that the check has closed", async () => {
    const { dialer } = leading({ 1: "accepts" }, async (socket) => void socket.destroy());
    expect((await failureOf(dialer.dial())).code).toBe("ERR_SRV_CONNECT");
  });

  it.each<[string, (led: ReturnType<typeof leading>, abort: AbortController) => unknown, string]>([
    ["another attempt is faster", ({ accept }) => accept(1), "another attempt was faster"],
    ["the call is aborted", (_led, abort) => abort.abort(), "aborted"],
    ["its dialer is closed", ({ dialer }) => dialer.close(), "ended: the dialer was closed"],
    [
      "the peer closes",
      ({ connections }) => connections[0]?.socket.destroy(),
      "closed during verify",
    ],
  ])("aborts the signal of the check, with the reason, when %s", async (_when, end, reason) => {
    const signals: AbortSignal[] = [];
    const verify: SrvVerify = (_socket, { signal }) => {
      signals.push(signal);
      return signals.length === 1 ? new Promise(() => {}) : Promise.resolve();
    };
    const led = leading({ 1: "accepts", 2: "silent" }, verify);
    const controller = new AbortController();
    const dialing = led.dialer.dial({ signal: controller.signal }).catch(() => {});
    await led.clock.advance(ATTEMPT_DELAY);
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
    end(led, controller);
    await led.clock.advance(0);
    expect(signals[0]).toMatchObject({ aborted: true, reason: { message: reason } });
    expect(led.connections[0]?.socket.destroyed).toBe(true);
    led.dialer.close();
    await dialing;
  });
});

/** Whether the server of each port is ready. */
function readyAt(ports: Record<number, Behaviour>, ready: ReadonlySet<number>) {
  const verify: SrvVerify = (socket) => {
    const port = led.connections.find((each) => each.socket === socket)?.options.port ?? 0;
    return Promise.resolve(ready.has(port));
  };
  const led = leading(ports, verify);
  return led;
}

describe("a server that is not ready", () => {
  const ALL = { 1: "accepts", 2: "accepts" } as const;

  it.each<[string, Record<number, Behaviour>, number[], string, number[]]>([
    ["is used at once if there is no other", { 1: "accepts" }, [], "1@0 → 1@0", [1]],
    ["is not used if the next target is ready", ALL, [2], "1@0 2@0 → 2@0", [2]],
    [
      "is used if all others fail; the first of two",
      { ...ALL, 3: "refuses" },
      [],
      "1@0 2@0 3@0 → 1@0",
      [1],
    ],
    [
      "is used after half a second of silence",
      { 1: "accepts", 2: "silent" },
      [],
      "1@0 2@0 → 1@500",
      [1],
    ],
  ])("%s", async (_when, ports, ready, play, open) => {
    const led = readyAt(ports, new Set(ready));
    expect(await played(led)).toBe(play);
    const left = led.connections.filter(({ socket }) => !socket.destroyed);
    expect(left.map(({ options }) => options.port)).toEqual(open);
    for (const event of ["close", "error"]) expect(left[0]?.socket.listenerCount(event)).toBe(0);
  });

  it("is tried after others the next time, until it is ready", async () => {
    const ready = new Set([2]);
    const ports: Record<number, Behaviour> = { ...ALL };
    const led = readyAt(ports, ready);
    await led.dialer.dial();
    expect(await played(led)).toBe("2@0 → 2@0");
    ready.add(1);
    ports[2] = "refuses";
    expect(await played(led)).toBe("2@0 1@0 → 1@0");
    expect(await played(led)).toBe("1@0 → 1@0");
  });

  it("is used at the deadline, and destroyed at any other end", async () => {
    const late = readyAt({ 1: "accepts", 2: "silent" }, new Set());
    expect(await played(late, { timeout: 300 })).toBe("1@0 2@0 → 1@300");
    expect(late.connections[0]?.socket.destroyed).toBe(false);
    const closed = readyAt({ 1: "accepts", 2: "silent" }, new Set());
    closed.clock.after(100, () => closed.dialer.close());
    expect(await played(closed)).toBe("1@0 2@0 → ERR_SRV_CLOSED@100");
    expect(closed.connections.every(({ socket }) => socket.destroyed)).toBe(true);
  });

  it("is forgotten, and in the error, if it closes its connection", async () => {
    const { dialer, clock, connections, refuse } = leading({ 1: "accepts", 2: "silent" }, notReady);
    const failure = failureOf(dialer.dial());
    await clock.advance(0);
    // The reset must not become an uncaught error, although nothing else listens to the socket yet.
    connections[0]?.socket.destroy(new Error("reset"));
    await clock.advance(0);
    refuse(1);
    expect((await failure).message).toBe(
      `Cannot connect to ${NAME}: 127.0.0.1:1: answers that it is not ready; 127.0.0.1:2: refused`,
    );
  });

  it("is used before a later resolver is asked", async () => {
    const answers = [answerWith([target(1)]), answerWith([target(2)])];
    const next: SrvResolver = resolverOf(target(3));
    const { dialer, clock, asked } = dialerIn(
      { 1: "refuses", 2: "accepts" },
      { resolver: [{ resolve: resolverInTurn(...answers) }, next], verify: notReady },
    );
    await dialer.resolve();
    clock.skip(1_000);
    expect(await dialer.dial()).toMatchObject({ port: 2, isReady: false });
    expect(asked).toEqual([[0, 1_000], []]);
  });
});
