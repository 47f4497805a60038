import { EventEmitter, once } from "node:events";
import { Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { Connection, Endpoint } from "../../../runtime/src/dial/connection.ts";
import { Lifetime } from "../../../runtime/src/base/lifetime.ts";
import { Interruption } from "../../../runtime/src/base/lifetime.ts";
import { type Candidate, Race } from "../../../runtime/src/dial/race.ts";
import { target } from "../support/sources.ts";
import { VirtualClock } from "../../../studies/simulate/virtual-clock.ts";

/** How long in ms a connection to a server that is not ready is kept while others are tried. */
const HOLD_TIME = 500;

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

/**
 * A race whose attempts the test settles. Aborted attempts reject, as real ones do.
 *
 * @param isLast whether the race ends once all candidates have failed
 */
function startRace(candidates: readonly Candidate[], isLast = true, lifetime = new Lifetime()) {
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
  const race = new Race({ clock, lifetime, attempt });
  /** What each `run` has resolved to. */
  const spent: boolean[] = [];
  const run = async (more: readonly Candidate[]): Promise<void> => {
    spent.push(await race.run(more));
    if (isLast) race.endWhenIdle();
  };
  void run(candidates);
  const started = (): string[] => attempts.map(({ host }) => host);
  return { race, run, spent, lifetime, attempts, started, result: race.winner };
}

function endpointOf(host: string): Endpoint {
  return { host, address: "127.0.0.1", port: 6379 };
}

/** A candidate whose endpoints are known. */
function of(...hosts: readonly string[]): Candidate {
  const find: Candidate["find"] = (found) => {
    found(hosts.map(endpointOf));
    return undefined;
  };
  return {
    target: target(1, { host: hosts.join() }),
    source: undefined,
    priorityDelay: 2_000,
    headStart: DELAY,
    find,
  };
}

/** Candidates with one known endpoint. */
function known(...hosts: readonly string[]): Candidate[] {
  return hosts.map((host) => of(host));
}

/** A candidate whose lookup the test settles. */
function searched() {
  const events = new EventEmitter();
  const emit = async (...args: Parameters<EventEmitter["emit"]>): Promise<void> => {
    events.emit(...args);
    await settle();
  };
  const candidate: Candidate = {
    target: target(1, { host: "searched" }),
    source: undefined,
    priorityDelay: 2_000,
    headStart: DELAY,
    find: async (found) => {
      events.on("found", (hosts: string[]) => found(hosts.map(endpointOf)));
      await once(events, "end");
    },
  };
  return {
    candidate,
    find: (...hosts: readonly string[]) => emit("found", hosts),
    end: () => emit("end"),
    fail: () => emit("error", new Error("broken")),
  };
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
    const { attempts, started, result } = startRace(known("a", "b", "c"));
    await clock.advance(DELAY);
    expect(started()).toEqual(["a", "b"]);
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
    const { attempts, started, result } = startRace(known("a", "b", "c"));
    await clock.advance(DELAY - 1);
    attempts[0]?.fail();
    await settle();
    expect(started()).toEqual(["a", "b"]);
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
    expect(await startRace([]).result).toBeUndefined();
  });

  it("takes thousands of candidates without an endpoint", async () => {
    const none = Array.from({ length: 20_000 }, () => of());
    const { started, attempts, result } = startRace([...none, of("a")]);
    expect(started()).toEqual(["a"]);
    attempts[0]?.succeed();
    await result;
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
    const { lifetime, started, result } = startRace([late.candidate]);
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
    const { started, spent, result } = startRace(known("a"), true, lifetime);
    await expect(result).rejects.toThrow("too late");
    await settle();
    expect([started(), spent]).toEqual([[], [true]]);
  });

  it("takes no candidate after its end", async () => {
    const { lifetime, race, result } = startRace(known("a"));
    lifetime.end(new Error("too late"));
    await expect(result).rejects.toThrow("too late");
    const find = vi.fn<Candidate["find"]>();
    expect(await race.run([{ ...of(), find }])).toBe(true);
    expect(find).not.toHaveBeenCalled();
  });

  it("gives each candidate its own head start, for each of its endpoints", async () => {
    const { attempts, started, result } = startRace([
      { ...of("a1", "a2"), headStart: 100 },
      of("b"),
    ]);
    await clock.advance(99);
    expect(started()).toEqual(["a1"]);
    await clock.advance(1);
    expect(started()).toEqual(["a1", "a2"]);
    await clock.advance(99);
    expect(started()).toEqual(["a1", "a2"]);
    await clock.advance(1);
    expect(started()).toEqual(["a1", "a2", "b"]);
    attempts[2]?.succeed();
    await result;
  });

  it("has one head start for the lookup and the first attempt together", async () => {
    const slow = searched();
    const { attempts, started, result } = startRace([slow.candidate, of("b")]);
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
    const { attempts, started, result } = startRace([silent.candidate, of("b")]);
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
    const { attempts, started, result } = startRace([late.candidate]);
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
    const { attempts, started, result } = startRace([nowhere.candidate, of("b")]);
    await settle();
    await nowhere.end();
    expect(started()).toEqual(["b"]);
    attempts[0]?.succeed();
    await result;
  });

  it("continues the head start of a lookup if a part of it has no addresses", async () => {
    const slow = searched();
    const { attempts, started, result } = startRace([slow.candidate, of("b")]);
    await settle();
    await slow.find();
    await clock.advance(DELAY - 1);
    expect(started()).toEqual([]);
    await clock.advance(1);
    expect(started()).toEqual(["b"]);
    attempts[0]?.succeed();
    await result;
  });

  it("is spent when all have failed, or have had their head start", async () => {
    const { spent, attempts, started, race, run, result } = startRace(known("a", "b"), false);
    await settle();
    attempts[0]?.fail();
    await clock.advance(DELAY - 1);
    expect(spent).toEqual([]);
    await clock.advance(1);
    expect(spent).toEqual([false]);
    void run(known("c"));
    await settle();
    expect(started()).toEqual(["a", "b", "c"]);
    attempts[2]?.fail();
    await settle();
    expect(spent).toEqual([false, false]);
    race.endWhenIdle();
    attempts[1]?.fail();
    expect(await result).toBeUndefined();
  });

  it("has no more to start after its end", async () => {
    const { spent, attempts, result } = startRace(known("a", "b"), false);
    attempts[0]?.succeed();
    await result;
    await settle();
    expect(spent).toEqual([true]);
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

    it("needs no more candidates", async () => {
      const { spent, attempts, result } = startRace(known("a", "b"), false);
      attempts[0]?.succeedUnready();
      await clock.advance(HOLD_TIME);
      expect(spent).toEqual([true]);
      await result;
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
      const { race, attempts, result } = startRace(known("a"));
      const unready = attempts[0]?.succeedUnready();
      expect((await result)?.socket).toBe(unready);
      race.abort(new Error("broken"));
      expect(unready?.destroyed).toBe(false);
    });

    it("destroys it at any other end", async () => {
      const { unready, result } = await endedWith("ERR_SRV_ABORTED");
      await expect(result).rejects.toThrow("the end");
      expect(unready?.destroyed).toBe(true);
    });
  });

  it("rejects if it is aborted, and ends its attempts", async () => {
    const { race, attempts, result } = startRace(known("a"));
    race.abort(new Error("broken"));
    await expect(result).rejects.toThrow("broken");
    expect(attempts[0]?.lifetime.reason).toBeInstanceOf(Error);
  });

  it("rejects if the search of a candidate fails, and ends its attempts", async () => {
    const faulty = searched();
    const { attempts, result } = startRace([faulty.candidate]);
    await faulty.find("a");
    void faulty.fail();
    await expect(result).rejects.toThrow("broken");
    expect(attempts[0]?.lifetime.reason).toBeInstanceOf(Error);
  });
});
