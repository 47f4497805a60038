import { describe, expect, it } from "vitest";

import { Attempts } from "../../../runtime/src/dial/attempts.ts";
import { Cooldown } from "../../../runtime/src/dial/cooldown.ts";
import { VirtualClock } from "../../../studies/simulate/virtual-clock.ts";
import { target } from "../support/sources.ts";

const [A, B, C] = ["a", "b", "c"].map((host) => target(1, { host })) as [
  ReturnType<typeof target>,
  ReturnType<typeof target>,
  ReturnType<typeof target>,
];
const FAILED = new Error("failed");

function setUp() {
  const cooldown = new Cooldown(1_000, new VirtualClock());
  const attempts = new Attempts(cooldown);
  const begin = (host: string, address = "10.0.0.1", port = 1) =>
    attempts.begin({ host, address, port });
  const lookUp = (host: string, port = 1) => attempts.beginLookup({ host, port });
  /** The hosts, in the order of the next dial. */
  const next = (): string[] => cooldown.failedLast([A, B, C]).map(({ host }) => host);
  return { attempts, begin, lookUp, next };
}

/** A connection to a host, which identifies the winner. */
function winner(host: string, address = "10.0.0.1", port = 1) {
  return { host, address, port, socket: undefined as never, isReady: true };
}

describe("the attempts of a dial", () => {
  it("are listed in the order of their starts, each with phase and error", () => {
    const { attempts, begin, lookUp } = setUp();
    const first = begin("a");
    const second = begin("b", "10.0.0.2", 2);
    const third = lookUp("c", 3);
    expect([first.phase, third.phase]).toEqual(["connect", "lookup"]);
    second.phase = "tls";
    attempts.failed(first, FAILED);
    attempts.failed(third, "a text");
    expect(attempts.tally()).toEqual([
      { host: "a", address: "10.0.0.1", port: 1, phase: "connect", error: FAILED },
      {
        host: "b",
        address: "10.0.0.2",
        port: 2,
        phase: "tls",
        error: new Error("unfinished (tls)"),
      },
      { host: "c", address: undefined, port: 3, phase: "lookup", error: new Error("a text") },
    ]);
  });

  it("leave out lookups that found something, which have attempts of their own", () => {
    const { attempts, lookUp } = setUp();
    lookUp("a").isFound = true;
    expect(attempts.tally()).toEqual([]);
  });

  it("replace a lookup that found nothing by the next one of the same target", () => {
    const { attempts, begin, lookUp } = setUp();
    attempts.failed(lookUp("a"), FAILED);
    begin("b");
    lookUp("a");
    expect(attempts.tally().map(({ host, error }) => `${host}: ${error.message}`)).toEqual([
      "a: unfinished (lookup)",
      "b: unfinished (connect)",
    ]);
  });

  it("keep a lookup if the next one has another host or port, or if it found something", () => {
    const { attempts, begin, lookUp } = setUp();
    begin("a");
    lookUp("a").isFound = true;
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

  it("know which address and port were tried", () => {
    const { attempts, begin } = setUp();
    begin("a", "10.0.0.1", 1);
    begin("a", "10.0.0.3", 3);
    expect(attempts.isTried("10.0.0.1", 1)).toBe(true);
    expect(attempts.isTried("10.0.0.1", 2)).toBe(false);
    expect(attempts.isTried("10.0.0.2", 1)).toBe(false);
  });
});

describe("what the attempts of a dial put into the cooldown", () => {
  it("is a target that failed, until it succeeds", () => {
    const { attempts, begin, next } = setUp();
    const attempt = begin("a");
    attempts.failed(attempt, FAILED);
    expect(next()).toEqual(["b", "c", "a"]);
    attempts.succeeded(attempt);
    expect(next()).toEqual(["a", "b", "c"]);
  });

  it("is one that was slow and lost to another, including its lookup", () => {
    const { attempts, begin, lookUp, next } = setUp();
    begin("a");
    lookUp("b");
    attempts.headStartIsOver();
    begin("c");
    attempts.passBy(winner("c"));
    expect(next()).toEqual(["c", "a", "b"]);
  });

  it("is not one that had no head start", () => {
    const { attempts, begin, next } = setUp();
    begin("a");
    attempts.passBy(winner("b"));
    expect(next()).toEqual(["a", "b", "c"]);
  });

  it("is a lookup that found something after its head start, and not one that did before", () => {
    const { attempts, lookUp, next } = setUp();
    lookUp("a").isFound = true;
    const late = lookUp("b");
    attempts.headStartIsOver();
    late.isFound = true;
    attempts.headStartIsOver();
    attempts.passBy(winner("c"));
    expect(next()).toEqual(["a", "c", "b"]);
  });

  it("is not one that failed during its head start", () => {
    const { attempts, begin, next } = setUp();
    const attempt = begin("a");
    attempts.failed(attempt, FAILED);
    attempts.headStartIsOver();
    attempts.succeeded(attempt);
    attempts.passBy(winner("b"));
    expect(next()).toEqual(["a", "b", "c"]);
  });

  it("is not the winner's target, or a later one", () => {
    const { attempts, begin, next } = setUp();
    begin("a", "10.0.0.1");
    begin("a", "10.0.0.2");
    begin("b");
    attempts.headStartIsOver();
    attempts.passBy(winner("a", "10.0.0.2"));
    expect(next()).toEqual(["a", "b", "c"]);
  });

  it("is a target that started between two addresses of the winner's target", () => {
    const { attempts, begin, next } = setUp();
    begin("a", "10.0.0.1");
    begin("b");
    begin("a", "10.0.0.2");
    begin("c");
    attempts.headStartIsOver();
    attempts.passBy(winner("a", "10.0.0.2"));
    expect(next()).toEqual(["a", "c", "b"]);
  });

  it("is another port of the winner's host", () => {
    const { attempts, begin, next } = setUp();
    begin("a", "10.0.0.1", 1);
    begin("b", "10.0.0.1", 2);
    attempts.headStartIsOver();
    attempts.passBy(winner("b", "10.0.0.1", 2));
    expect(next()).toEqual(["b", "c", "a"]);
    const other = setUp();
    other.begin("a", "10.0.0.1", 1);
    other.attempts.headStartIsOver();
    other.attempts.passBy(winner("a", "10.0.0.1", 2));
    expect(other.next()).toEqual(["b", "c", "a"]);
  });

  it("is everything unfinished or failed at the deadline", () => {
    const { attempts, begin, lookUp, next } = setUp();
    begin("a");
    lookUp("b");
    attempts.timedOut();
    expect(next()).toEqual(["c", "a", "b"]);
  });
});
