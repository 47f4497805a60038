// What a dialer promises where a source, a check, a certificate or a caller does not behave as usual.
import { addAbortSignal } from "node:stream";

import { describe, expect, it, vi } from "vitest";

import { createSrvDialer } from "../../../runtime/src/dialer/dialer.ts";
import type { SrvAnswer, SrvResolver } from "../../../runtime/src/base/types.ts";
import { startListener } from "../support/dialing.ts";
import { failureOf } from "../support/failures.ts";
import { dialerIn } from "../support/network.ts";
import { NAME, answerWith, inOrder, resolverOf, target } from "../support/sources.ts";

/** A resolver whose records a test sets; empty at first. */
function changingResolver() {
  const records: { answer: SrvAnswer } = { answer: answerWith([], { ttl: 0 }) };
  const resolve = vi.fn<SrvResolver["resolve"]>(async () => records.answer);
  return { resolver: { resolve }, resolve, records };
}

/** Never answers. */
const silentResolver: SrvResolver = { resolve: () => new Promise<never>(() => {}) };

describe("a list of resolvers", () => {
  it("uses a new record of the first one at once, although a later one is silent", async () => {
    const first = changingResolver();
    const resolver = [first.resolver, silentResolver];
    const { dialer, clock } = dialerIn({ 1: "accepts" }, { resolver, wait: true });
    const dialing = dialer.dial();
    await clock.advance(1_000);
    first.records.answer = answerWith([target(1)]);
    await clock.advance(150);
    expect((await dialing).port).toBe(1);
  });

  it("asks the first one at its own pace, whatever a later one does", async () => {
    const first = changingResolver();
    const resolver = [first.resolver, silentResolver];
    const { dialer, clock } = dialerIn({}, { resolver, wait: true });
    const failure = failureOf(dialer.dial());
    await clock.advance(10_000);
    const error = await failure;
    // About nine times a second.
    expect(first.resolve.mock.calls.length).toBeGreaterThan(80);
    expect(first.resolve.mock.calls.length).toBeLessThanOrEqual(100);
    expect(error.message).toContain(`no SRV records`);
    await clock.advance(0);
    clock.expectNoTimers();
  });

  it("waits for a silent first one only once", async () => {
    const resolver = [silentResolver, resolverOf(target(2))];
    const { dialer, clock } = dialerIn({ 2: "accepts" }, { resolver });
    const first = dialer.dial();
    await clock.advance(1_000);
    await first;
    expect((await dialer.dial()).port).toBe(2);
    expect(clock.now()).toBe(1_000);
  });

  it("says in an error which one gave no answer", async () => {
    const { dialer, clock } = dialerIn({}, { resolver: [silentResolver, resolverOf()] });
    const failure = failureOf(dialer.dial({ wait: true }));
    await clock.advance(10_000);
    expect((await failure).message).toContain("no answer yet; no SRV records");
  });

  it("finds a lost host although the first one is silent", async () => {
    const later = changingResolver();
    later.records.answer = answerWith([target(1)]);
    const ports: Record<number, "accepts" | "silent"> = { 1: "accepts", 2: "accepts" };
    const options = { resolver: [silentResolver, later.resolver], recheck: 5_000 };
    const { dialer, clock } = dialerIn(ports, options);
    const dialing = dialer.connect();
    await clock.advance(1_000);
    const socket = (await dialing).on("error", () => {});
    ports[1] = "silent";
    later.records.answer = answerWith([target(2)]);
    await clock.advance(60_000);
    expect(socket.errored).toMatchObject({ code: "ERR_SRV_MOVED" });
  });

  it("asks a later one once all targets of the first have failed, and the first one again", async () => {
    const [first, later] = [changingResolver(), changingResolver()];
    first.records.answer = answerWith([target(1)]);
    const resolver = [first.resolver, later.resolver];
    const ports = { 1: "refuses", 2: "accepts" } as const;
    const { dialer, clock, dialed } = dialerIn(ports, { resolver, wait: true });
    const dialing = dialer.dial();
    await clock.advance(500);
    expect(later.resolve).toHaveBeenCalled();
    later.records.answer = answerWith([target(2)]);
    await clock.advance(300);
    expect((await dialing).port).toBe(2);
    expect(dialed().filter((port) => port === 1).length).toBeGreaterThan(2);
  });
});

describe("the signal of a check", () => {
  it("is not aborted by the success of its attempt: a socket that is tied to it stays open", async () => {
    await using server = await startListener();
    const signals: AbortSignal[] = [];
    const dialer = createSrvDialer(NAME, {
      resolver: resolverOf(target(server.port)),
      async verify(socket, { signal }) {
        signals.push(signal);
        addAbortSignal(signal, socket);
      },
    });
    const socket = await dialer.connect();
    await new Promise((resolve) => setImmediate(resolve));
    expect([socket.destroyed, signals[0]?.aborted]).toEqual([false, false]);
    socket.destroy();
  });
});

describe("a primary that has refused a moment ago", () => {
  it("is dialed first again, before a backup of a later priority (RFC 2782)", async () => {
    const ports: Record<number, "accepts" | "refuses"> = { 1: "refuses", 2: "accepts" };
    const { dialer } = dialerIn(ports, { resolver: resolverOf(...inOrder(1, 2)) });
    expect((await dialer.dial()).port).toBe(2);
    ports[1] = "accepts";
    expect((await dialer.dial()).port).toBe(1);
  });
});

it("a watch reports soon what another call has found while it was reading", async () => {
  const first = changingResolver();
  const { dialer, clock } = dialerIn({}, { resolver: [first.resolver, silentResolver] });
  const seen: number[][] = [];
  dialer.watch((targets) => seen.push(targets.map(({ port }) => port)));
  await clock.advance(2_000);
  first.records.answer = answerWith([target(1)], { ttl: 60 });
  await dialer.resolve({ refresh: true });
  // Its reading ends with the bound of the silent resolver.
  await clock.advance(4_000);
  expect(seen).toEqual([[1]]);
  dialer.close();
});

it("hundreds of calls that begin one after the other ask under ten times a second", async () => {
  const { dialer, clock, asked } = dialerIn({}, { resolver: resolverOf(), wait: true });
  for (let call = 0; call < 300; call++) {
    void dialer.dial({ timeout: 5_000 }).catch(() => {});
    await clock.advance(7);
  }
  const times = asked[0] ?? [];
  const most = Math.max(
    ...times.map((at) => times.filter((t) => t >= at && t < at + 1_000).length),
  );
  expect(most).toBeLessThan(10);
  dialer.close();
});

it("a dial ends once the only target left cannot get better", async () => {
  const records = changingResolver();
  records.records.answer = answerWith([target(1)]);
  const tls = { minVersion: "TLSv9" as "TLSv1.3" };
  const ports = { 1: "refuses", 2: "accepts" } as const;
  const { dialer, clock } = dialerIn(ports, { resolver: records.resolver, tls, wait: true });
  const failure = failureOf(dialer.dial());
  await clock.advance(1_000);
  records.records.answer = answerWith([target(2)]);
  // The cached answer with the other one is asked for again at the next look.
  await clock.advance(500);
  expect(await failure).toMatchObject({ code: "ERR_SRV_CONNECT" });
  expect(clock.now()).toBe(1_500);
  dialer.close();
});

describe("the end of a call", () => {
  it.each(["abort", "close"] as const)(
    "by %s wins until the promise of connect is resolved, however late",
    async (how) => {
      const results: string[] = [];
      for (let microtasks = 0; microtasks < 30; microtasks++) {
        const controller = new AbortController();
        const led = dialerIn(
          { 1: "accepts" },
          {
            resolver: resolverOf(target(1)),
            async verify() {
              void endAfter(microtasks);
            },
          },
        );
        const { dialer, clock, connections } = led;
        let outcome = "pending";
        let atEnd = "";
        async function endAfter(count: number): Promise<void> {
          for (let tick = 0; tick < count; tick++) await Promise.resolve();
          atEnd = outcome;
          if (how === "abort") controller.abort();
          else dialer.close();
        }
        const dialing = dialer.connect({ signal: controller.signal }).then(
          () => (outcome = "socket"),
          () => (outcome = "error"),
        );
        await clock.advance(0);
        await dialing;
        // One microtask lies between the promise and what waits for it: there the socket is the caller's already.
        const isDestroyed = connections[0]?.socket.destroyed;
        expect([outcome, isDestroyed]).toEqual(
          outcome === "socket" ? ["socket", false] : ["error", true],
        );
        if (atEnd === "pending") results.push(outcome);
      }
      expect(results.filter((each) => each === "socket").length).toBeLessThanOrEqual(1);
    },
  );
});

it("a watch beside dials without a cache does not ask once more for each of them", async () => {
  const resolve = vi.fn<SrvResolver["resolve"]>(async () => answerWith([target(1)]));
  const options = { resolver: { resolve }, cache: false } as const;
  const { dialer, clock } = dialerIn({ 1: "accepts" }, options);
  const seen: number[][] = [];
  const stop = dialer.watch((targets) => seen.push(targets.map(({ port }) => port)));
  await clock.advance(0);
  for (let dial = 1; dial <= 5; dial++) await dialer.dial();
  await clock.advance(0);
  expect(resolve).toHaveBeenCalledTimes(6);
  expect(seen).toEqual([[1]]);
  stop();
  dialer.close();
});
