import { describe, expect, it } from "vitest";

import {
  type Reasons,
  type ReadOptions,
  answerOf,
  eachAnswer,
  noAnswer,
} from "../../../runtime/src/answers/answers.ts";
import type { Source } from "../../../runtime/src/answers/source.ts";
import { SrvDialError } from "../../../runtime/src/base/errors.ts";
import { Lifetime } from "../../../runtime/src/base/lifetime.ts";
import type { SrvResolver } from "../../../runtime/src/base/types.ts";
import {
  NAME,
  answerWith,
  failingResolver,
  resolverInTurn,
  resolverOf,
  sourceOf,
  target,
} from "../support/sources.ts";

const ROOT = target(0, { host: "." });
const DOWN = new Error("down");

function searchIn(lifetime = new Lifetime()): ReadOptions & { reasons: Reasons } {
  return { lifetime, reasons: [] };
}

function noRecordsError(reason: string): SrvDialError {
  return new SrvDialError("ERR_SRV_NO_RECORDS", reason, { hostname: NAME });
}

/** The ports in the answers of several resolvers, in order of arrival. */
async function portsOf(resolvers: readonly SrvResolver[], search = searchIn()): Promise<string[]> {
  const sources = resolvers.map((resolver) => sourceOf(resolver).source);
  return portsIn(sources, search);
}

/** @param most how many answers are used */
async function portsIn(sources: readonly Source[], search = searchIn(), most = Infinity) {
  const reported: string[] = [];
  await eachAnswer(sources, search, ({ targets, origin }) => {
    reported.push(`${origin} ${targets.map(({ port }) => port).join()}`);
    return reported.length === most;
  });
  return reported;
}

describe("the answers of several sources", () => {
  it("come in the order of the sources, without sources that have no targets", async () => {
    const search = searchIn();
    const reason = "the zone is empty";
    const resolvers = [
      resolverOf(),
      { resolve: resolverInTurn(answerWith([], { reason })) },
      failingResolver("down"),
      resolverOf(target(1), target(2)),
      resolverOf(target(3)),
    ];
    expect(await portsOf(resolvers, search)).toEqual(["fresh 1,2", "fresh 3"]);
    const [silent, absent, failed, ...more] = search.reasons;
    expect(silent).toBeUndefined();
    expect(absent).toMatchObject({ code: "ERR_SRV_NO_RECORDS", message: reason });
    expect(failed).toMatchObject({ message: "down" });
    expect(more).toEqual([]);
  });

  it("come last if they are stale", async () => {
    const cache = { minTtl: 0, maxTtl: 0, negativeTtl: 0, minRefresh: 0, maxStale: 60_000 };
    const stale = sourceOf({ resolve: resolverInTurn(answerWith([target(1)]), DOWN) }, { cache });
    const fresh = sourceOf(resolverOf(target(2)));
    const sources = [stale.source, fresh.source];
    expect(await portsIn(sources)).toEqual(["fresh 1", "fresh 2"]);
    expect(await portsIn(sources)).toEqual(["cached 2", "stale 1"]);
  });

  it("end at the target `.`, which means that the service is not available", async () => {
    const asked = resolverInTurn(answerWith([target(2)]));
    const failure = portsOf([resolverOf(ROOT), { resolve: asked }]);
    await expect(failure).rejects.toMatchObject({
      code: "ERR_SRV_UNAVAILABLE",
      hostname: NAME,
      message: `${NAME} is not available: its SRV target is "."`,
    });
    expect(asked).not.toHaveBeenCalled();
  });

  it("end with the one that is enough", async () => {
    const stale = sourceOf({ resolve: resolverInTurn(answerWith([target(1)]), DOWN) });
    await portsIn([stale.source]);
    stale.clock.skip(10_000);
    const sources = [stale.source, sourceOf(resolverOf(target(2))).source];
    expect(await portsIn(sources, searchIn(), 1)).toEqual(["fresh 2"]);
    expect(await portsIn([stale.source, stale.source], searchIn(), 1)).toEqual(["stale 1"]);
    stale.source.close(DOWN);
  });

  it("leave out the target `.` if there are others", async () => {
    expect(await portsOf([resolverOf(ROOT, target(1))])).toEqual(["fresh 1"]);
  });
});

describe("the answer of one source", () => {
  it("is the cached one only if it is younger than maxAge", async () => {
    const resolve = resolverInTurn(answerWith([target(1)]));
    const { source } = sourceOf({ resolve });
    const search = searchIn();
    expect((await answerOf(source, search))?.origin).toBe("fresh");
    expect((await answerOf(source, search))?.origin).toBe("cached");
    expect((await answerOf(source, { ...search, maxAge: 0 }))?.origin).toBe("fresh");
    expect(resolve).toHaveBeenCalledTimes(2);
  });

  it("is an error if the call has ended, and then no miss of the source", async () => {
    const lifetime = new Lifetime();
    const search = searchIn(lifetime);
    const pending = answerOf(sourceOf({ resolve: () => new Promise(() => {}) }).source, search);
    lifetime.end(new Error("the caller left"));
    await expect(pending).rejects.toThrow("the caller left");
    expect(search.reasons).toEqual([]);
  });
});

describe("the error when no source has targets", () => {
  it("says that there are no records, without a cause if no source gives one", () => {
    for (const reasons of [[], [undefined, undefined]]) {
      const error = noAnswer(NAME, reasons);
      expect(error).toMatchObject({ code: "ERR_SRV_NO_RECORDS", hostname: NAME });
      expect(error.message).toBe(`${NAME} has no SRV records`);
      expect(error.cause).toBeUndefined();
    }
  });

  it("says why there are no records", () => {
    const [first, second] = [noRecordsError("it is new"), noRecordsError("it is old")];
    const one = noAnswer(NAME, [undefined, first]);
    expect(one).toMatchObject({ code: "ERR_SRV_NO_RECORDS", cause: first });
    expect(one.message).toBe(`${NAME} has no SRV records: it is new`);
    const two = noAnswer(NAME, [first, second]);
    expect(two.message).toBe(`${NAME} has no SRV records: it is new; it is old`);
    expect(two.cause).toMatchObject({
      errors: [first, second],
      message: "it is new; it is old",
    });
  });

  it("has the failures, and not the sources without records", () => {
    const error = noAnswer(NAME, [noRecordsError("it is new"), undefined, DOWN]);
    expect(error).toMatchObject({ code: "ERR_SRV_RESOLVE", hostname: NAME, cause: DOWN });
    expect(error.message).toBe(`Cannot resolve ${NAME}: down`);
  });
});
