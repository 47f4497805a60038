import { describe, expect, it } from "vitest";

import { Lifetime } from "../../../runtime/src/base/lifetime.ts";
import type { SrvResolver, SrvTarget } from "../../../runtime/src/base/types.ts";
import { isListed } from "../../../runtime/src/dial/listed.ts";
import {
  CACHE,
  answerWith,
  failingResolver,
  resolverInTurn,
  resolverOf,
  sourceOf,
  target,
} from "../support/sources.ts";

const endpoint = { host: "a1.dev-ecs", address: "10.0.0.1", port: 1 };
const own = target(1, { host: "a1.dev-ecs", addresses: ["10.0.0.1"] });
const other = target(2, { host: "b1.dev-ecs", addresses: ["10.0.0.2"] });

/** Only IPv4. */
function askedOf(...resolvers: readonly SrvResolver[]): Promise<boolean> {
  const sources = resolvers.map((resolver) => sourceOf(resolver, { family: 4 }).source);
  return isListed(sources, endpoint, new Lifetime());
}

/** A resolver with the endpoint as target, and its lookup results for each family of the host. */
function resolverWith(ipv4: readonly string[] | Error, ipv6: readonly string[] | Error = []) {
  const lookup: SrvResolver["lookup"] = async (_host, { family }) => {
    const addresses = family === 6 ? ipv6 : ipv4;
    if (addresses instanceof Error) throw addresses;
    return { addresses, ttl: 10 };
  };
  return { ...resolverOf(target(1, { host: "a1.dev-ecs" })), lookup };
}

describe("an endpoint", () => {
  it.each<[boolean, string, readonly SrvTarget[]]>([
    [true, "alone", [own]],
    [true, "among others", [other, own]],
    [true, "in other letters", [{ ...own, host: "A1.Dev-ECS" }]],
    [
      true,
      "with another address in addition to its own",
      [{ ...own, addresses: ["10.0.0.3", "10.0.0.1"] }],
    ],
    [false, "not at all", [other]],
    [false, "with another port", [{ ...own, port: 2 }]],
    [false, "with another host", [{ ...own, host: "b1.dev-ecs" }]],
    [false, "with another address", [{ ...own, addresses: ["10.0.0.2"] }]],
  ])("is listed: %s, when the records name it %s", async (isIt, _how, targets) => {
    await expect(askedOf(resolverOf(...targets))).resolves.toBe(isIt);
  });

  it("is listed if any resolver names it", async () => {
    await expect(askedOf(resolverOf(other), resolverOf(own))).resolves.toBe(true);
    await expect(askedOf(resolverOf(other), resolverOf(other))).resolves.toBe(false);
    await expect(askedOf(failingResolver("down"), resolverOf(other))).resolves.toBe(false);
  });

  it("counts as listed if there are no records, or no server answers", async () => {
    await expect(askedOf(resolverOf())).resolves.toBe(true);
    await expect(askedOf(failingResolver("down"))).resolves.toBe(true);
  });

  it("counts as listed if there is only an expired answer", async () => {
    const resolve = resolverInTurn(answerWith([other]), new Error("down"));
    const { source, clock } = sourceOf({ resolve }, { cache: { ...CACHE, maxStale: 60_000 } });
    const ask = () => isListed([source], endpoint, new Lifetime());
    await expect(ask()).resolves.toBe(false);
    await clock.advance(10_000);
    await expect(ask()).resolves.toBe(true);
  });

  it("is listed if the looked-up addresses of its host include it", async () => {
    await expect(askedOf(resolverWith(["10.0.0.1"]))).resolves.toBe(true);
    await expect(askedOf(resolverWith(["10.0.0.2"]))).resolves.toBe(false);
  });

  it("counts as listed if the lookup of its host fails, or finds nothing", async () => {
    await expect(askedOf(resolverWith(new Error("down")))).resolves.toBe(true);
    await expect(askedOf(resolverWith([]))).resolves.toBe(true);
  });

  it("counts as listed if one IP version is unknown, even if the other does not match", async () => {
    const resolver = resolverWith(["10.0.0.2"], new Error("down"));
    const { source } = sourceOf(resolver, { family: "both" });
    await expect(isListed([source], endpoint, new Lifetime())).resolves.toBe(true);
  });
});
