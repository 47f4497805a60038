import { describe, expect, it } from "vitest";

import { describeAttempts } from "../../../runtime/src/base/errors.ts";
import { type Attempt, Attempts, type Try } from "../../../runtime/src/dial/attempts.ts";
import { Cooldown } from "../../../runtime/src/dial/order.ts";
import { VirtualClock } from "../../../studies/simulate/virtual-clock.ts";
import { target } from "../support/sources.ts";

const [A, B, C] = ["a", "b", "c"].map((host) => target(1, { host })) as [
  ReturnType<typeof target>,
  ReturnType<typeof target>,
  ReturnType<typeof target>,
];
const FAILED = new Error("failed");

function setUp() {
  const clock = new VirtualClock();
  const cooldown = new Cooldown(1_000, clock);
  const attempts = new Attempts(cooldown, clock, false, 250);
  const known = new Map<string, Attempt>();
  /** Whether an endpoint may enter the race. */
  const enter = (host: string, address = host, port = 1): boolean => {
    const entered = attempts.enter({ host, address, port });
    if (entered !== undefined) known.set(`${host} ${address} ${port}`, entered);
    return entered !== undefined;
  };
  const begin = (host: string, address = host, port = 1): Try => {
    enter(host, address, port);
    const attempt = known.get(`${host} ${address} ${port}`);
    if (attempt === undefined) throw new Error(`${host} has never entered`);
    return attempts.begin(attempt);
  };
  const beginLater = (...endpoint: Parameters<typeof begin>): Try => {
    clock.skip(100);
    return begin(...endpoint);
  };
  const lookUp = (host: string, port = 1) => attempts.beginLookup({ host, port });
  /** The hosts, in the order of the next dial. */
  const next = (): string[] => cooldown.failedLast([A, B, C]).map(({ host }) => host);
  return { attempts, cooldown, clock, enter, begin, beginLater, lookUp, next };
}

/** A connection to a host, which identifies the winner. */
function winner(host: string, address = host, port = 1) {
  return { host, address, port, socket: undefined as never, isReady: true };
}

describe("the attempts of a dial", () => {
  it("are listed in the order of their starts, each with phase and error", () => {
    const { attempts, clock, begin, lookUp } = setUp();
    const first = begin("a");
    clock.skip(250);
    const second = begin("b", "10.0.0.2", 2);
    const third = lookUp("c", 3);
    expect([first.phase, third.phase]).toEqual(["connect", "lookup"]);
    second.phase = "tls";
    attempts.failed(first, FAILED);
    attempts.failed(third, "a text");
    const once = { tries: 1, at: 250, address: undefined };
    expect(attempts.tally()).toEqual([
      { ...once, host: "a", address: "a", port: 1, phase: "connect", error: FAILED, at: 0 },
      {
        ...once,
        host: "b",
        address: "10.0.0.2",
        port: 2,
        phase: "tls",
        error: new Error("still waiting for the TLS handshake"),
      },
      { ...once, host: "c", port: 3, phase: "lookup", error: new Error("a text") },
    ]);
  });

  it("leave out lookups that found something, which have attempts of their own", () => {
    const { attempts, lookUp } = setUp();
    attempts.found(lookUp("a"));
    expect(attempts.tally()).toEqual([]);
  });

  it("have the lookups of a target once", () => {
    const { attempts, begin, lookUp } = setUp();
    attempts.failed(lookUp("a"), FAILED);
    begin("b");
    lookUp("a");
    expect(attempts.tally().map(({ host, error }) => `${host}: ${error.message}`)).toEqual([
      "a: failed",
      "b: still waiting for the connection",
    ]);
  });

  it("keep a lookup if the next one has another host or port, or if it found something", () => {
    const { attempts, begin, lookUp } = setUp();
    begin("a");
    attempts.found(lookUp("a"));
    lookUp("a");
    lookUp("a", 2);
    lookUp("b", 2);
    expect(attempts.tally().map(({ host, port, phase }) => `${phase} ${host}:${port}`)).toEqual([
      "connect a:1",
      "lookup a:1",
      "lookup a:2",
      "lookup b:2",
    ]);
  });

  it("have an endpoint once, with the number of its tries, and the last of them", () => {
    const { attempts, clock, begin } = setUp();
    attempts.failed(begin("a"), FAILED);
    begin("b");
    clock.skip(1_000);
    attempts.failed(begin("a"), new Error("failed again"));
    expect(attempts.tally()).toMatchObject([
      { host: "a", error: { message: "failed again" }, tries: 2, at: 1_000 },
      { host: "b", tries: 1, at: 0 },
    ]);
  });

  it("show why the try before failed, until a new one has failed or had 100 ms", () => {
    const { attempts, begin, clock } = setUp();
    const first = begin("a");
    first.phase = "verify";
    attempts.failed(first, FAILED);
    const retried = begin("a");
    expect(attempts.tally()).toMatchObject([{ phase: "verify", error: FAILED, tries: 2 }]);
    expect(attempts.isUnfinished).toBe(false);
    clock.skip(100);
    expect(attempts.tally()).toMatchObject([
      { error: { message: "still waiting for the connection" } },
    ]);
    expect(attempts.isUnfinished).toBe(true);
    attempts.failed(retried, new Error("refused"));
    expect(attempts.tally()).toMatchObject([{ phase: "connect", error: { message: "refused" } }]);
  });

  it("show the last try of an endpoint, whatever becomes of earlier ones", () => {
    const { attempts, begin, clock, enter } = setUp();
    const first = begin("a");
    clock.skip(1_000);
    attempts.nextPass();
    const second = begin("a");
    first.phase = "verify";
    attempts.failed(first, FAILED);
    expect(attempts.tally()).toMatchObject([
      { phase: "connect", error: { message: "still waiting for the connection" }, tries: 2 },
    ]);
    attempts.nextPass();
    expect(enter("a")).toBe(false);
    attempts.failed(second, FAILED);
    attempts.nextPass();
    expect(enter("a")).toBe(true);
  });

  it("are made beside a silent one, each after twice the time", () => {
    const { attempts, begin, clock, enter } = setUp();
    begin("a");
    const pauses = [1_000, 2_000, 4_000].map((pause) => {
      clock.skip(pause - 1);
      attempts.nextPass();
      const before = enter("a");
      clock.skip(1);
      attempts.nextPass();
      const after = enter("a");
      begin("a");
      return [before, after];
    });
    expect(pauses).toEqual([
      [false, true],
      [false, true],
      [false, true],
    ]);
  });

  it("are at most 100 in an error, which names 10 of them, and counts all", () => {
    const { attempts, begin } = setUp();
    for (let port = 1; port <= 1_000; port++) attempts.failed(begin("a", "10.0.0.1", port), FAILED);
    expect(attempts.tally()).toHaveLength(100);
    const message = describeAttempts(attempts.tally(), attempts.total);
    expect(message.split("; ")).toHaveLength(11);
    expect(message).toContain("a:10 (10.0.0.1): failed; and 990 more");
  });

  it("are running until the last of them has failed", () => {
    const { attempts, begin, lookUp } = setUp();
    expect(attempts.isUnfinished).toBe(false);
    const [first, second] = [begin("a"), begin("b")];
    attempts.found(lookUp("c"));
    attempts.failed(first, FAILED);
    expect(attempts.isUnfinished).toBe(true);
    attempts.failed(second, FAILED);
    expect(attempts.isUnfinished).toBe(false);
  });

  it("show why the last try failed, although an earlier one is unfinished", () => {
    const { attempts, begin, clock } = setUp();
    begin("a");
    clock.skip(1_000);
    attempts.nextPass();
    attempts.failed(begin("a"), FAILED);
    clock.skip(100);
    expect(attempts.tally()).toMatchObject([{ error: FAILED, tries: 2 }]);
    expect(attempts.isUnfinished).toBe(false);
  });

  it("let an endpoint enter once, although its first try fails before the second one begins", () => {
    const { attempts, begin, clock, enter } = setUp();
    const first = begin("a");
    clock.skip(1_000);
    attempts.nextPass();
    expect(enter("a")).toBe(true);
    attempts.failed(first, FAILED);
    attempts.nextPass();
    expect(enter("a")).toBe(false);
  });

  it("let each endpoint enter once in a pass, and in the next one only if it has failed", () => {
    const { attempts, enter, begin } = setUp();
    const enterAll = (): boolean[] => ["a", "b", "c"].map((host) => enter(host));
    expect(enterAll()).toEqual([true, true, true]);
    attempts.failed(begin("a"), FAILED);
    begin("b");
    expect(enterAll()).toEqual([false, false, false]);
    attempts.nextPass();
    expect(enterAll()).toEqual([true, false, false]);
    expect(enter("a", "a", 2)).toBe(true);
  });
});

describe("what the attempts of a dial put into the cooldown", () => {
  it("is a target that failed", () => {
    const { attempts, begin, next } = setUp();
    attempts.failed(begin("a"), FAILED);
    expect(next()).toEqual(["b", "c", "a"]);
  });

  it("is one that began before the winner and is unfinished, including its lookup", () => {
    const { attempts, begin, beginLater, lookUp, next } = setUp();
    begin("a");
    lookUp("b");
    beginLater("c");
    attempts.coolDownSlow(winner("c"));
    expect(next()).toEqual(["c", "a", "b"]);
  });

  it("is not one whose head start was cut short by the failure of another", () => {
    const { attempts, begin, clock, next } = setUp();
    begin("a");
    clock.skip(50);
    begin("b");
    attempts.coolDownSlow(winner("b"));
    expect(next()).toEqual(["a", "b", "c"]);
  });

  it("is not one that began after the winner, although it has been tried before", () => {
    const { attempts, cooldown, begin, beginLater, next } = setUp();
    attempts.failed(begin("a"), FAILED);
    cooldown.succeeded(A);
    beginLater("b");
    attempts.nextPass();
    beginLater("a");
    attempts.coolDownSlow(winner("b"));
    expect(next()).toEqual(["a", "b", "c"]);
  });

  it("is not a lookup that found something", () => {
    const { attempts, beginLater, lookUp, next } = setUp();
    attempts.found(lookUp("a"));
    beginLater("b");
    attempts.coolDownSlow(winner("b"));
    expect(next()).toEqual(["a", "b", "c"]);
  });

  it("is not another address of the winner's target, or a later one", () => {
    const { attempts, begin, beginLater, next } = setUp();
    begin("a", "10.0.0.1");
    beginLater("a", "10.0.0.2");
    beginLater("b");
    attempts.coolDownSlow(winner("a", "10.0.0.2"));
    expect(next()).toEqual(["a", "b", "c"]);
  });

  it("is a target that started between two addresses of the winner's target", () => {
    const { attempts, begin, beginLater, next } = setUp();
    begin("a", "10.0.0.1");
    beginLater("b");
    beginLater("a", "10.0.0.2");
    beginLater("c");
    attempts.coolDownSlow(winner("a", "10.0.0.2"));
    expect(next()).toEqual(["a", "c", "b"]);
  });

  it("is another port of the winner's host", () => {
    const { attempts, begin, beginLater, next } = setUp();
    begin("a", "10.0.0.1", 1);
    beginLater("b", "10.0.0.1", 2);
    attempts.coolDownSlow(winner("b", "10.0.0.1", 2));
    expect(next()).toEqual(["b", "c", "a"]);
    const other = setUp();
    other.begin("a", "10.0.0.1", 1);
    other.beginLater("a", "10.0.0.1", 2);
    other.attempts.coolDownSlow(winner("a", "10.0.0.1", 2));
    expect(other.next()).toEqual(["b", "c", "a"]);
  });

  it("is everything that failed by the deadline, or had at least 100 ms", () => {
    const { attempts, clock, begin, lookUp, next } = setUp();
    begin("a");
    clock.skip(100);
    begin("c");
    attempts.failed(lookUp("b"), FAILED);
    attempts.timedOut();
    expect(next()).toEqual(["c", "a", "b"]);
  });
});
