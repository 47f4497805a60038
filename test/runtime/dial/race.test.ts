import { EventEmitter, on } from "node:events";
import { Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { Connection, Endpoint } from "../../../runtime/src/dial/attempt.ts";
import { Lifetime } from "../../../runtime/src/base/lifetime.ts";
import { Interruption } from "../../../runtime/src/dial/deadline.ts";
import { type Candidate, HOLD_TIME, Race } from "../../../runtime/src/dial/race.ts";
import { VirtualClock } from "../../../studies/simulate/virtual-clock.ts";

const DELAY = 250;
let clock: VirtualClock;

interface Attempt {
  readonly host: string;
  readonly lifetime: Lifetime;
  readonly succeed: () => Socket;
  /** Connects to a server that is not ready. */
  readonly succeedUnready: () => Socket;
  readonly fail: () => void;
}

/** A race whose attempts the test settles. Aborted attempts reject, as real ones do. */
function startRace(
  candidates: AsyncIterator<Candidate>,
  first?: Endpoint,
  lifetime = new Lifetime(),
) {
  const attempts: Attempt[] = [];
  const attempt = (endpoint: Endpoint, ofAttempt: Lifetime): Promise<Connection> =>
    new Promise((resolve, reject) => {
      const connect = (isReady: boolean) => (): Socket => {
        const socket = new Socket();
        resolve({ ...endpoint, socket, isReady });
        return socket;
      };
      ofAttempt.onEnd(() => reject(ofAttempt.reason));
      attempts.push({
        host: endpoint.host,
        lifetime: ofAttempt,
        succeed: connect(true),
        succeedUnready: connect(false),
        fail: () => reject(new Error(`${endpoint.host} failed`)),
      });
    });
  const onHeadStartOver = vi.fn<() => void>();
  const options = { clock, attemptDelay: DELAY, lifetime, attempt, onHeadStartOver };
  const race = new Race(candidates, options);
  const result = race.run(first);
  const started = (): string[] => attempts.map(({ host }) => host);
  return { race, lifetime, attempts, started, result, onHeadStartOver };
}

function endpointOf(host: string): Endpoint {
  return { host, address: "127.0.0.1", port: 6379 };
}

/** Candidates with one known address. */
async function* known(...hosts: readonly string[]): AsyncGenerator<Candidate> {
  for (const host of hosts) yield parts([endpointOf(host)]);
}

async function* parts(...found: readonly Endpoint[][]): AsyncGenerator<readonly Endpoint[]> {
  yield* found;
}

async function* broken(): AsyncGenerator<Candidate> {
  yield* known("a");
  throw new Error("broken");
}

async function* brokenOff(): AsyncGenerator<readonly Endpoint[]> {
  yield [endpointOf("a")];
  throw new Error("broken");
}

/** A candidate whose lookup the test settles. */
function searched() {
  const events = new EventEmitter();
  const candidate = async function* (): AsyncGenerator<readonly Endpoint[]> {
    for await (const [found] of on(events, "found", { close: ["end"] })) yield found;
  };
  const find = async (...hosts: readonly string[]): Promise<void> => {
    events.emit("found", hosts.map(endpointOf));
    await settle();
  };
  const end = async (): Promise<void> => {
    events.emit("end");
    await settle();
  };
  return { candidate: candidate(), find, end };
}

/** Candidates that the test adds. */
function answered() {
  const events = new EventEmitter();
  const candidates = async function* (): AsyncGenerator<Candidate> {
    for await (const [candidate] of on(events, "found")) yield candidate;
  };
  const find = async (...found: readonly Candidate[]): Promise<void> => {
    for (const candidate of found) events.emit("found", candidate);
    await settle();
  };
  const fail = async (): Promise<void> => {
    events.emit("error", new Error("broken"));
    await settle();
  };
  return { candidates: candidates(), find, fail };
}

async function* listed(...candidates: readonly Candidate[]): AsyncGenerator<Candidate> {
  yield* candidates;
}

/** Runs everything that does not wait for a timer. */
async function settle(): Promise<void> {
  await clock.advance(0);
}

/** A race with a runner-up and a silent attempt, whose lifetime has ended. */
async function endedWith(code: Interruption["code"]) {
  const { lifetime, attempts, result } = startRace(known("a", "b"));
  await settle();
  const unready = attempts[0]?.succeedUnready();
  await settle();
  lifetime.end(new Interruption(code, "the end"));
  return { unready, result };
}

describe("race", () => {
  beforeEach(() => {
    clock = new VirtualClock();
  });
  afterEach(() => {
    clock.expectNoTimers();
  });

  it("gives the first its head start", async () => {
    const { attempts, started, result } = startRace(known("a", "b", "c"));
    await clock.advance(DELAY - 1);
    expect(started()).toEqual(["a"]);
    const socket = attempts[0]?.succeed();
    expect((await result)?.socket).toBe(socket);
    await clock.advance(DELAY * 3);
    expect(started()).toEqual(["a"]);
  });

  it("starts the next after each head start, in parallel to the others", async () => {
    const { attempts, started, result, onHeadStartOver } = startRace(known("a", "b", "c"));
    await clock.advance(DELAY);
    expect(started()).toEqual(["a", "b"]);
    expect(onHeadStartOver).toHaveBeenCalledTimes(1);
    await clock.advance(DELAY - 1);
    expect(started()).toEqual(["a", "b"]);
    await clock.advance(1);
    expect(started()).toEqual(["a", "b", "c"]);
    expect(attempts.map(({ lifetime }) => lifetime.reason)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    const socket = attempts[0]?.succeed();
    expect((await result)?.socket).toBe(socket);
  });

  it("starts the next immediately after a failure, with its own head start", async () => {
    const { attempts, started, result, onHeadStartOver } = startRace(known("a", "b", "c"));
    await clock.advance(DELAY - 1);
    attempts[0]?.fail();
    await settle();
    expect(started()).toEqual(["a", "b"]);
    expect(onHeadStartOver).not.toHaveBeenCalled();
    await clock.advance(DELAY - 1);
    expect(started()).toEqual(["a", "b"]);
    await clock.advance(1);
    expect(started()).toEqual(["a", "b", "c"]);
    attempts[1]?.succeed();
    await result;
  });

  it("ends the losers", async () => {
    const { attempts, result } = startRace(known("a", "b"));
    await clock.advance(DELAY);
    attempts[1]?.succeed();
    await result;
    expect(attempts[0]?.lifetime.reason?.message).toBe("another attempt was faster");
  });

  it("destroys a loser that has just connected", async () => {
    const { attempts, result } = startRace(known("a", "b"));
    await clock.advance(DELAY);
    const [winner, loser] = [attempts[1]?.succeed(), attempts[0]?.succeed()];
    expect((await result)?.socket).toBe(winner);
    await settle();
    expect(winner?.destroyed).toBe(false);
    expect(loser?.destroyed).toBe(true);
  });

  it("waits for slow attempts when the last has failed", async () => {
    const { attempts, result } = startRace(known("a", "b"));
    await clock.advance(DELAY);
    attempts[1]?.fail();
    await clock.advance(DELAY * 10);
    const socket = attempts[0]?.succeed();
    expect((await result)?.socket).toBe(socket);
  });

  it("gives undefined if all have failed", async () => {
    const { attempts, result } = startRace(known("a", "b"));
    await settle();
    attempts[0]?.fail();
    await settle();
    attempts[1]?.fail();
    expect(await result).toBeUndefined();
  });

  it("gives undefined immediately without candidates", async () => {
    expect(await startRace(known()).result).toBeUndefined();
  });

  it("rejects with the reason when its lifetime ends, and ends running attempts", async () => {
    const { lifetime, attempts, started, result } = startRace(known("a", "b", "c"));
    await clock.advance(DELAY);
    lifetime.end(new Error("too late"));
    await expect(result).rejects.toThrow("too late");
    expect(attempts.map((each) => each.lifetime.reason?.message)).toEqual(["too late", "too late"]);
    await clock.advance(DELAY * 3);
    expect(started()).toEqual(["a", "b"]);
  });

  it("starts nothing after the end of its lifetime, even if a lookup was running", async () => {
    const late = searched();
    const { lifetime, started, result } = startRace(listed(late.candidate));
    await settle();
    lifetime.end(new Error("too late"));
    await expect(result).rejects.toThrow("too late");
    await late.find("a");
    expect(started()).toEqual([]);
  });

  it("rejects at the deadline if nothing has connected", async () => {
    const { lifetime, result } = startRace(known("a"));
    await settle();
    lifetime.end(new Interruption("ERR_SRV_TIMEOUT", "not done"));
    await expect(result).rejects.toThrow("not done");
  });

  it("starts nothing if its lifetime has already ended", async () => {
    const lifetime = new Lifetime();
    lifetime.end(new Error("too late"));
    const { started, result } = startRace(known("b"), endpointOf("a"), lifetime);
    await expect(result).rejects.toThrow("too late");
    await settle();
    expect(started()).toEqual([]);
  });

  it("makes no lookup for a candidate that arrives after the end", async () => {
    const { candidates, find } = answered();
    const { lifetime, result } = startRace(candidates);
    await settle();
    lifetime.end(new Error("too late"));
    await expect(result).rejects.toThrow("too late");
    let lookups = 0;
    const lookedUp = async function* (): AsyncGenerator<readonly Endpoint[]> {
      lookups++;
      yield [endpointOf("a")];
    };
    await find(lookedUp());
    expect(lookups).toBe(0);
  });

  it("tries the given first endpoint immediately, and the others after its head start", async () => {
    const { attempts, started, result } = startRace(known("b"), endpointOf("a"));
    expect(started()).toEqual(["a"]);
    await clock.advance(DELAY - 1);
    expect(started()).toEqual(["a"]);
    await clock.advance(1);
    expect(started()).toEqual(["a", "b"]);
    attempts[0]?.succeed();
    await result;
  });

  it("pulls one candidate at a time, so that each has its head start", async () => {
    const { candidates, find } = answered();
    const { attempts, started, result } = startRace(candidates, endpointOf("a"));
    await clock.advance(DELAY);
    attempts[0]?.fail();
    await settle();
    await find(parts([endpointOf("b")]), parts([endpointOf("c")]));
    expect(started()).toEqual(["a", "b"]);
    await clock.advance(DELAY - 1);
    expect(started()).toEqual(["a", "b"]);
    await clock.advance(1);
    expect(started()).toEqual(["a", "b", "c"]);
    attempts[2]?.succeed();
    await result;
  });

  it("has one head start for the lookup and the first attempt together", async () => {
    const slow = searched();
    const { attempts, started, result } = startRace(
      listed(slow.candidate, parts([endpointOf("b")])),
    );
    await clock.advance(DELAY - 100);
    await slow.find("a1", "a2");
    expect(started()).toEqual(["a1"]);
    await clock.advance(99);
    expect(started()).toEqual(["a1"]);
    await clock.advance(1);
    expect(started()).toEqual(["a1", "a2"]);
    attempts[0]?.succeed();
    await result;
  });

  it("continues with the next candidate during a silent lookup, and adds its late addresses", async () => {
    const silent = searched();
    const { attempts, started, result } = startRace(
      listed(silent.candidate, parts([endpointOf("b")], [endpointOf("b2")])),
    );
    await clock.advance(DELAY);
    expect(started()).toEqual(["b"]);
    await silent.find("a");
    // The other one has the head start. Then the first candidate is dialed.
    expect(started()).toEqual(["b"]);
    await clock.advance(DELAY);
    expect(started()).toEqual(["b", "a"]);
    const socket = attempts[1]?.succeed();
    expect((await result)?.socket).toBe(socket);
  });

  it("waits for an IP version that is found late if the other one has failed", async () => {
    const late = searched();
    const { attempts, started, result } = startRace(listed(late.candidate));
    await settle();
    await late.find("::1");
    attempts[0]?.fail();
    await clock.advance(DELAY * 3);
    await late.find("127.0.0.1");
    expect(started()).toEqual(["::1", "127.0.0.1"]);
    const socket = attempts[1]?.succeed();
    expect((await result)?.socket).toBe(socket);
  });

  it("continues immediately if a lookup finds nothing", async () => {
    const nowhere = searched();
    const { attempts, started, result } = startRace(
      listed(nowhere.candidate, parts([endpointOf("b")])),
    );
    await settle();
    await nowhere.end();
    expect(started()).toEqual(["b"]);
    attempts[0]?.succeed();
    await result;
  });

  it("continues the head start of a lookup if a part of it has no addresses", async () => {
    const slow = searched();
    const { attempts, started, result } = startRace(
      listed(slow.candidate, parts([endpointOf("b")])),
    );
    await settle();
    await slow.find();
    await clock.advance(DELAY - 1);
    expect(started()).toEqual([]);
    await clock.advance(1);
    expect(started()).toEqual(["b"]);
    attempts[0]?.succeed();
    await result;
  });

  it("needs more candidates immediately if all have failed, and after four head starts of silence", async () => {
    const failed = startRace(known("a"));
    await settle();
    failed.attempts[0]?.fail();
    await failed.result;

    const needed: boolean[] = [];
    const silent = async function* (): AsyncGenerator<Candidate> {
      yield* known("a");
      needed.push(await race.needsMore());
    };
    const { race, attempts, result } = startRace(silent());
    await clock.advance(DELAY + 4 * DELAY - 1);
    expect(needed).toEqual([]);
    await clock.advance(1);
    expect(needed).toEqual([true]);
    attempts[0]?.succeed();
    await result;
  });

  it("needs no more candidates while one is silent, even if another has failed", async () => {
    const needed: boolean[] = [];
    const two = async function* (): AsyncGenerator<Candidate> {
      yield* known("a", "b");
      needed.push(await race.needsMore());
    };
    const { race, attempts, result } = startRace(two());
    await clock.advance(2 * DELAY);
    attempts[1]?.fail();
    await settle();
    expect(needed).toEqual([]);
    attempts[0]?.fail();
    await settle();
    expect(needed).toEqual([true]);
    expect(await result).toBeUndefined();
  });

  it("needs no more candidates after its end, even if a lookup is silent", async () => {
    const { candidates, find } = answered();
    const needed: boolean[] = [];
    const late = async function* (): AsyncGenerator<Candidate> {
      yield* listed(parts([endpointOf("a")]), searched().candidate);
      await candidates.next();
      needed.push(await race.needsMore());
    };
    const { race, attempts, result } = startRace(late());
    await clock.advance(2 * DELAY);
    attempts[0]?.succeed();
    await result;
    await find(parts());
    expect(needed).toEqual([false]);
  });

  describe("with a connection that is not ready", () => {
    it("uses it immediately if there is no other", async () => {
      const { attempts, result } = startRace(known("a"));
      await settle();
      const socket = attempts[0]?.succeedUnready();
      expect((await result)?.socket).toBe(socket);
      expect(socket?.destroyed).toBe(false);
      for (const event of ["close", "error"]) {
        expect(socket?.listenerCount(event)).toBe(new Socket().listenerCount(event));
      }
    });

    it("tries the next immediately, and uses that if it is ready", async () => {
      const { attempts, started, result } = startRace(known("a", "b"));
      await settle();
      const unready = attempts[0]?.succeedUnready();
      await settle();
      expect(started()).toEqual(["a", "b"]);
      const socket = attempts[1]?.succeed();
      expect((await result)?.socket).toBe(socket);
      expect(unready?.destroyed).toBe(true);
    });

    it("uses it if the others fail, and keeps the first of two", async () => {
      const { attempts, result } = startRace(known("a", "b", "c"));
      await settle();
      const first = attempts[0]?.succeedUnready();
      await settle();
      const second = attempts[1]?.succeedUnready();
      await settle();
      attempts[2]?.fail();
      expect((await result)?.socket).toBe(first);
      expect([first?.destroyed, second?.destroyed]).toEqual([false, true]);
    });

    it("waits no longer than the hold time for silent others", async () => {
      const { attempts, result } = startRace(known("a", "b"));
      await settle();
      const unready = attempts[0]?.succeedUnready();
      await clock.advance(HOLD_TIME - 1);
      expect(attempts[1]?.lifetime.reason).toBeUndefined();
      await clock.advance(1);
      expect((await result)?.socket).toBe(unready);
      expect(attempts[1]?.lifetime.reason).toBeInstanceOf(Error);
    });

    it("pulls no more candidates after the others have failed", async () => {
      const needed: boolean[] = [];
      const more = async function* (): AsyncGenerator<Candidate> {
        yield* known("a");
        needed.push(await race.needsMore());
      };
      const { race, attempts, result } = startRace(more());
      await settle();
      attempts[0]?.succeedUnready();
      await result;
      expect(needed).toEqual([false]);
    });

    it("forgets it when its server closes it", async () => {
      const { attempts, result } = startRace(known("a", "b"));
      await settle();
      const unready = attempts[0]?.succeedUnready();
      await settle();
      // The reset must not become an uncaught error, although nothing else listens to the socket yet.
      unready?.emit("error", new Error("reset"));
      unready?.destroy();
      // The socket emits it in a separate turn of the event loop.
      await new Promise((resolve) => setImmediate(resolve));
      attempts[1]?.fail();
      expect(await result).toBeUndefined();
    });

    it("uses it at the deadline", async () => {
      const { unready, result } = await endedWith("ERR_SRV_TIMEOUT");
      expect((await result)?.socket).toBe(unready);
      expect(unready?.destroyed).toBe(false);
    });

    it("keeps it open if the search fails after it has won", async () => {
      const { candidates, fail } = answered();
      const { attempts, result } = startRace(candidates, endpointOf("a"));
      const unready = attempts[0]?.succeedUnready();
      await clock.advance(HOLD_TIME);
      expect((await result)?.socket).toBe(unready);
      await fail();
      expect(unready?.destroyed).toBe(false);
    });

    it("destroys it at any other end", async () => {
      const { unready, result } = await endedWith("ERR_SRV_ABORTED");
      await expect(result).rejects.toThrow("the end");
      expect(unready?.destroyed).toBe(true);
    });
  });

  it("rejects if the candidates fail", async () => {
    const { attempts, result } = startRace(broken());
    await settle();
    attempts[0]?.fail();
    await expect(result).rejects.toThrow("broken");
  });

  it("rejects if the addresses of a candidate fail, and ends its attempts", async () => {
    const { attempts, result } = startRace(listed(brokenOff()));
    await expect(result).rejects.toThrow("broken");
    expect(attempts[0]?.lifetime.reason).toBeInstanceOf(Error);
  });
});
