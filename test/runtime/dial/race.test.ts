import { EventEmitter, once } from "node:events";
import { Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { Connection, Endpoint } from "../../../runtime/src/dial/attempt.ts";
import { Lifetime } from "../../../runtime/src/base/lifetime.ts";
import { Race } from "../../../runtime/src/dial/race.ts";

const DELAY = 250;

interface Attempt {
  readonly host: string;
  readonly lifetime: Lifetime;
  readonly succeed: () => Socket;
  readonly fail: () => void;
}

/** A race whose attempts are decided by hand. An attempt that is ended rejects, as real ones do. */
function startRace(hosts: readonly string[], endpoints = endpointsOf(hosts)) {
  const lifetime = new Lifetime();
  const attempts: Attempt[] = [];
  const attempt = (endpoint: Endpoint, ofAttempt: Lifetime): Promise<Connection> =>
    new Promise((resolve, reject) => {
      ofAttempt.onEnd(() => reject(ofAttempt.reason));
      attempts.push({
        host: endpoint.host,
        lifetime: ofAttempt,
        succeed: () => {
          const socket = new Socket();
          resolve({ ...endpoint, socket });
          return socket;
        },
        fail: () => reject(new Error(`${endpoint.host} failed`)),
      });
    });
  const result = new Race(endpoints, { attemptDelay: DELAY, lifetime, attempt }).run();
  const started = (): string[] => attempts.map(({ host }) => host);
  return { lifetime, attempts, started, result };
}

async function* endpointsOf(hosts: readonly string[]): AsyncGenerator<Endpoint> {
  for (const host of hosts) yield { host, address: "127.0.0.1", port: 6379 };
}

async function* broken(): AsyncGenerator<Endpoint> {
  yield* endpointsOf(["a"]);
  throw new Error("broken");
}

/** Lets everything happen that waits for no timer. */
async function settle(): Promise<void> {
  await vi.advanceTimersByTimeAsync(0);
}

describe("race", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  });
  afterEach(() => {
    const left = vi.getTimerCount();
    vi.useRealTimers();
    if (left > 0) throw new Error(`${left} timers are left`);
  });

  it("gives the first its head start", async () => {
    const { attempts, started, result } = startRace(["a", "b", "c"]);
    await vi.advanceTimersByTimeAsync(DELAY - 1);
    expect(started()).toEqual(["a"]);
    const socket = attempts[0]?.succeed();
    expect((await result)?.socket).toBe(socket);
    await vi.advanceTimersByTimeAsync(DELAY * 3);
    expect(started()).toEqual(["a"]);
  });

  it("begins the next after each head start, beside those before", async () => {
    const { attempts, started, result } = startRace(["a", "b", "c"]);
    await vi.advanceTimersByTimeAsync(DELAY);
    expect(started()).toEqual(["a", "b"]);
    await vi.advanceTimersByTimeAsync(DELAY - 1);
    expect(started()).toEqual(["a", "b"]);
    await vi.advanceTimersByTimeAsync(1);
    expect(started()).toEqual(["a", "b", "c"]);
    expect(attempts.map(({ lifetime }) => lifetime.reason)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    const socket = attempts[0]?.succeed();
    expect((await result)?.socket).toBe(socket);
  });

  it("begins the next at once when one has failed, with a head start of its own", async () => {
    const { attempts, started, result } = startRace(["a", "b", "c"]);
    await vi.advanceTimersByTimeAsync(DELAY - 1);
    attempts[0]?.fail();
    await settle();
    expect(started()).toEqual(["a", "b"]);
    await vi.advanceTimersByTimeAsync(DELAY - 1);
    expect(started()).toEqual(["a", "b"]);
    await vi.advanceTimersByTimeAsync(1);
    expect(started()).toEqual(["a", "b", "c"]);
    attempts[1]?.succeed();
    await result;
  });

  it("ends the losers", async () => {
    const { attempts, result } = startRace(["a", "b"]);
    await vi.advanceTimersByTimeAsync(DELAY);
    attempts[1]?.succeed();
    await result;
    expect(attempts[0]?.lifetime.reason?.message).toBe("another attempt was faster");
  });

  it("destroys a loser that had just connected", async () => {
    const { attempts, result } = startRace(["a", "b"]);
    await vi.advanceTimersByTimeAsync(DELAY);
    const [winner, loser] = [attempts[1]?.succeed(), attempts[0]?.succeed()];
    expect((await result)?.socket).toBe(winner);
    await settle();
    expect(winner?.destroyed).toBe(false);
    expect(loser?.destroyed).toBe(true);
  });

  it("waits for the slow when the last has failed", async () => {
    const { attempts, result } = startRace(["a", "b"]);
    await vi.advanceTimersByTimeAsync(DELAY);
    attempts[1]?.fail();
    await vi.advanceTimersByTimeAsync(DELAY * 10);
    const socket = attempts[0]?.succeed();
    expect((await result)?.socket).toBe(socket);
  });

  it("gives undefined when every one has failed", async () => {
    const { attempts, result } = startRace(["a", "b"]);
    await settle();
    attempts[0]?.fail();
    await settle();
    attempts[1]?.fail();
    expect(await result).toBeUndefined();
  });

  it("gives undefined at once without endpoints", async () => {
    expect(await startRace([]).result).toBeUndefined();
  });

  it("rejects with the reason when its lifetime ends, and ends what is under way", async () => {
    const { lifetime, attempts, started, result } = startRace(["a", "b", "c"]);
    await vi.advanceTimersByTimeAsync(DELAY);
    lifetime.end(new Error("too late"));
    await expect(result).rejects.toThrow("too late");
    expect(attempts.map((each) => each.lifetime.reason?.message)).toEqual(["too late", "too late"]);
    await vi.advanceTimersByTimeAsync(DELAY * 3);
    expect(started()).toEqual(["a", "b"]);
  });

  it("begins nothing after the end of its lifetime, though a lookup was under way", async () => {
    const lookup = new EventEmitter();
    const slow = async function* (): AsyncGenerator<Endpoint> {
      await once(lookup, "found");
      yield { host: "a", address: "127.0.0.1", port: 1 };
    };
    const { lifetime, started, result } = startRace([], slow());
    await settle();
    lifetime.end(new Error("too late"));
    await expect(result).rejects.toThrow("too late");
    lookup.emit("found");
    await settle();
    expect(started()).toEqual([]);
  });

  it("rejects when the endpoints cannot be told", async () => {
    const { attempts, result } = startRace([], broken());
    await settle();
    attempts[0]?.fail();
    await expect(result).rejects.toThrow("broken");
  });
});
