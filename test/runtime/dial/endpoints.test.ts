import { describe, expect, it, vi } from "vitest";

import type { Endpoint } from "../../../runtime/src/dial/attempt.ts";
import { endpointsOf, interleave } from "../../../runtime/src/dial/endpoints.ts";
import type { EndpointOptions } from "../../../runtime/src/dial/endpoints.ts";
import type { SrvTarget } from "../../../runtime/src/base/types.ts";

const [A, B] = [target("a"), target("b")] as const;

function target(host: string, port = 6379): SrvTarget {
  return { host, port, priority: 1, weight: 1, ttl: 10 };
}

/** The endpoints of targets whose addresses are known, or fail, by host. */
function createOptions(known: Record<string, readonly string[] | Error>) {
  return {
    addressesOf: vi.fn<EndpointOptions["addressesOf"]>(async ({ host }) => {
      const found = known[host] ?? [];
      if (found instanceof Error) throw found;
      return found;
    }),
    onLookupError: vi.fn<EndpointOptions["onLookupError"]>(),
    isTried: (_endpoint: Endpoint): boolean => false,
  };
}

async function collect(endpoints: AsyncIterable<Endpoint>): Promise<string[]> {
  const all: string[] = [];
  for await (const { host, address, port } of endpoints) all.push(`${host} ${address} ${port}`);
  return all;
}

describe("endpointsOf", () => {
  it("gives every address of every target in dial order", async () => {
    const options = createOptions({ a: ["10.0.0.1", "10.0.0.2"], b: ["10.0.0.3"] });
    expect(await collect(endpointsOf([B, A], options))).toEqual([
      "b 10.0.0.3 6379",
      "a 10.0.0.1 6379",
      "a 10.0.0.2 6379",
    ]);
  });

  it("looks up a host only when it is its turn", async () => {
    const options = createOptions({ a: ["10.0.0.1"], b: ["10.0.0.2"] });
    const endpoints = endpointsOf([A, B], options);
    expect(options.addressesOf).not.toHaveBeenCalled();
    await endpoints.next();
    expect(options.addressesOf.mock.calls).toEqual([[A]]);
    await endpoints.next();
    expect(options.addressesOf.mock.calls).toEqual([[A], [B]]);
  });

  it("takes addresses that are known without waiting", async () => {
    const options = { ...createOptions({}), addressesOf: () => ["10.0.0.1"] };
    expect(await collect(endpointsOf([A], options))).toEqual(["a 10.0.0.1 6379"]);
  });

  it("reports a host whose lookup failed and goes on to the next", async () => {
    const failure = new Error("servers failed");
    const options = createOptions({ a: failure, b: ["10.0.0.2"] });
    expect(await collect(endpointsOf([A, B], options))).toEqual(["b 10.0.0.2 6379"]);
    expect(options.onLookupError.mock.calls).toEqual([[A, failure]]);
  });

  it("reports a host without addresses", async () => {
    const options = createOptions({ a: [] });
    expect(await collect(endpointsOf([A], options))).toEqual([]);
    expect(options.onLookupError.mock.calls).toEqual([
      [A, new Error("no address in the family asked for")],
    ]);
  });

  it("leaves out what was tried already", async () => {
    const options = {
      ...createOptions({ a: ["10.0.0.1", "10.0.0.2"] }),
      isTried: ({ address }: Endpoint) => address === "10.0.0.1",
    };
    expect(await collect(endpointsOf([A], options))).toEqual(["a 10.0.0.2 6379"]);
  });
});

describe("interleave", () => {
  it.each([
    [[], []],
    [["1.1.1.1"], ["1.1.1.1"]],
    [
      ["1.1.1.1", "::1"],
      ["::1", "1.1.1.1"],
    ],
    [
      ["1.1.1.1", "2.2.2.2", "3.3.3.3", "::1", "::2"],
      ["::1", "1.1.1.1", "::2", "2.2.2.2", "3.3.3.3"],
    ],
    [
      ["::1", "::2", "1.1.1.1"],
      ["::1", "1.1.1.1", "::2"],
    ],
  ])("makes %j to %j: IPv6 first, then alternating", (addresses, interleaved) => {
    expect(interleave(addresses)).toEqual(interleaved);
  });
});
