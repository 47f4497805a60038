import { describe, expect, it, vi } from "vitest";

import type { SrvResolver, SrvVerify } from "../../../runtime/src/base/types.ts";
import { failureOf } from "../support/failures.ts";
import { type Port, dialerIn } from "../support/network.ts";
import { answerWith, resolverInTurn, resolverOf, target } from "../support/sources.ts";

const ATTEMPT_DELAY = 250;
const HOST = "redis-1.dev-ecs";
const ROOT = target(0, { host: "." });

type Ports = Record<number, Port>;
type Lookup = NonNullable<SrvResolver["lookup"]>;

/** An answer with one target. Another port makes it another target. */
const answerFor = (port: number, ttl = 10) => answerWith([target(port)], { ttl });

/** A lookup that returns these IPv4 addresses in turn, with a TTL of a minute. */
function finding(...addresses: readonly string[]) {
  const left = [...addresses];
  return vi.fn<Lookup>((_host, { family }) => {
    const address = family === 4 ? left.shift() : undefined;
    return Promise.resolve({ addresses: address === undefined ? [] : [address], ttl: 60 });
  });
}

describe("a dial with a cached endpoint", () => {
  it("starts immediately, and reports no stale answer", async () => {
    const resolver = resolverOf(ROOT, target(1, { priority: 1 }));
    const { dialer, clock, dialed } = dialerIn({ 1: "accepts" }, { resolver });
    await dialer.dial();
    await dialer.dial();
    expect([dialed(), clock.now()]).toEqual([[1, 1], 0]);
    expect(dialer.stats()).toMatchObject({ staleAnswers: 0, resolves: 1 });
    dialer.close();
  });

  it("starts immediately with a stale answer while its only resolver fails", async () => {
    const resolve = resolverInTurn(answerFor(1, 1), new Error("down"));
    const { dialer, clock } = dialerIn({ 1: "accepts" }, { resolver: { resolve } });
    await dialer.dial();
    await clock.advance(2_000);
    await dialer.dial();
    await dialer.dial();
    expect([dialer.stats().staleAnswers, clock.now()]).toEqual([2, 2_000]);
    dialer.close();
  });

  it("prefers another resolver's answer to a stale one", async () => {
    const resolve = resolverInTurn(answerFor(1, 1), new Error("down"));
    const resolver = [{ resolve }, resolverOf(target(2))];
    const { dialer, clock } = dialerIn({ 1: "accepts", 2: "accepts" }, { resolver });
    await dialer.dial();
    await clock.advance(2_000);
    await dialer.dial();
    expect((await dialer.dial()).port).toBe(2);
    dialer.close();
  });

  it("looks up the addresses if the answer has none", async () => {
    const lookup = finding("10.0.0.1");
    const resolver = { ...resolverOf(target(1, { host: HOST })), lookup };
    const { dialer, connections } = dialerIn({ 1: "accepts" }, { resolver });
    await dialer.resolve();
    await dialer.dial();
    expect(connections.map(({ options }) => options.host)).toEqual(["10.0.0.1"]);
    dialer.close();
  });
});

describe("a dial that refreshes its answer", () => {
  it("looks for new targets while its own is silent, less than ten times a second", async () => {
    const resolve = resolverInTurn(...Array.from({ length: 5 }, () => answerFor(1)), answerFor(2));
    const { dialer, clock, dialed } = dialerIn(
      { 1: "silent", 2: "accepts" },
      { resolver: { resolve }, random: () => 0.99 },
    );
    const dialing = dialer.dial();
    await clock.advance(ATTEMPT_DELAY + 99);
    expect(resolve).toHaveBeenCalledTimes(1);
    await clock.advance(650);
    expect((await dialing).port).toBe(2);
    expect(dialed()).toEqual([1, 2]);
    dialer.close();
  });

  it("queries at each look while it waits, although an answer takes 20 ms", async () => {
    const resolve = vi.fn<SrvResolver["resolve"]>(async () => {
      await new Promise<void>((resolved) => void clock.setTimeout(resolved, 20));
      return answerWith([]);
    });
    const { dialer, clock } = dialerIn({}, { resolver: { resolve }, wait: true });
    const failure = failureOf(dialer.dial());
    await clock.advance(1_000);
    const before = resolve.mock.calls.length;
    await clock.advance(5_000);
    // Nine a second, or one less.
    expect((resolve.mock.calls.length - before) / 5).toSatisfy((each) => each >= 8 && each < 10);
    dialer.close();
    await failure;
  });

  it("fails with its attempts if the records are gone", async () => {
    const resolve = resolverInTurn(answerFor(1), answerWith([]));
    const ports: Ports = { 1: "accepts" };
    const { dialer, clock } = dialerIn(ports, { resolver: { resolve } });
    await dialer.dial();
    ports[1] = "refuses";
    clock.skip(100);
    const error = await failureOf(dialer.dial());
    expect(error).toMatchObject({ code: "ERR_SRV_CONNECT", attempts: [{ port: 1 }] });
    expect(error.cause).toMatchObject({ code: "ERR_SRV_NO_RECORDS" });
    dialer.close();
  });

  it("dials the targets that another call has found meanwhile, at its next look", async () => {
    const resolve = resolverInTurn(answerFor(1), answerFor(2));
    const ports: Ports = { 1: "silent", 2: "accepts" };
    const cache = { minRefresh: 60_000 };
    const { dialer, clock } = dialerIn(ports, { resolver: { resolve }, cache });
    const dialing = dialer.dial();
    await clock.advance(1_000);
    await dialer.resolve({ refresh: true });
    await clock.advance(114);
    expect(await dialing).toMatchObject({ port: 2 });
    expect(resolve).toHaveBeenCalledTimes(2);
    dialer.close();
  });

  it("continues with the next resolver if the new targets fail too", async () => {
    const resolve = resolverInTurn(answerFor(1), answerFor(2));
    const ports: Ports = { 1: "accepts", 2: "refuses", 3: "accepts" };
    const resolver = [{ resolve }, resolverOf(target(3))];
    const { dialer, clock, dialed } = dialerIn(ports, { resolver });
    await dialer.dial();
    ports[1] = "refuses";
    clock.skip(100);
    expect((await dialer.dial()).port).toBe(3);
    expect(dialed()).toEqual([1, 1, 2, 3]);
    dialer.close();
  });

  it("does not continue with the next resolver if a new target answers, even if it is not ready", async () => {
    const verify: SrvVerify = (socket) => Promise.resolve(led.connections[0]?.socket === socket);
    const resolve = resolverInTurn(answerFor(1), answerFor(2));
    const next = resolverInTurn(new Error("down"));
    const ports: Ports = { 1: "accepts", 2: "accepts" };
    const resolver = [{ resolve }, { resolve: next }];
    const led = dialerIn(ports, { resolver, verify });
    await led.dialer.dial();
    ports[1] = "refuses";
    led.clock.skip(100);
    expect(await led.dialer.dial()).toMatchObject({ port: 2, isReady: false });
    expect(next).not.toHaveBeenCalled();
    led.dialer.close();
  });

  it("also looks up the addresses of the new targets again", async () => {
    const lookup = finding("10.0.0.1", "10.0.0.2");
    const resolver = { ...resolverOf(target(1, { host: HOST })), lookup };
    const { dialer, clock, connections } = dialerIn({ 1: "refuses" }, { resolver });
    await failureOf(dialer.dial());
    clock.skip(6_000);
    await failureOf(dialer.dial());
    const hosts = connections.map(({ options }) => options.host);
    expect(hosts).toEqual(["10.0.0.1", "10.0.0.1", "10.0.0.2"]);
    dialer.close();
  });

  it("does not look up known addresses again for a fresh answer", async () => {
    const lookup = finding("10.0.0.1", "10.0.0.2");
    const resolve = resolverInTurn(answerWith([target(1, { host: HOST })], { ttl: 2 }));
    const { dialer, clock, dialed } = dialerIn({ 1: "refuses" }, { resolver: { resolve, lookup } });
    await failureOf(dialer.dial());
    await clock.advance(6_000);
    await failureOf(dialer.dial());
    // The answer is now cached, and too recent for another query; the addresses are old.
    clock.skip(50);
    await failureOf(dialer.dial());
    expect(dialed()).toEqual([1, 1, 1]);
    // Twice for a dial, and once ahead of its expiry.
    expect(resolve).toHaveBeenCalledTimes(3);
    expect(lookup).toHaveBeenCalledTimes(2);
    dialer.close();
  });
});
