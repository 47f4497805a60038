import { describe, expect, it } from "vitest";

import type { SrvResolver } from "../../../runtime/src/base/types.ts";
import { type Behaviour, dialerIn, played } from "../support/network.ts";
import { answerWith, inOrder, resolverInTurn, resolverOf, target } from "../support/sources.ts";

type Ports = Record<number, Behaviour>;
const REFUSES: Ports = { 1: "refuses", 2: "accepts" };
const SILENT: Ports = { 1: "silent", 2: "accepts" };

describe("a target of a later priority", () => {
  it.each<[string, Ports, boolean, string]>([
    ["at once when the earlier one has failed", REFUSES, false, "1@0 2@0 → 2@0"],
    ["after two seconds of silence", SILENT, false, "1@0 2@2000 → 2@2000"],
    [
      "not while the earlier one is slow",
      { 1: "accepts after 1999", 2: "accepts" },
      false,
      "1@0 → 1@1999",
    ],
    ["as early although the silent one is tried again", SILENT, true, "1@0 1@1049 2@2000 → 2@2000"],
  ])("is dialed %s", async (_when, ports, wait, play) => {
    const led = dialerIn(ports, { resolver: resolverOf(...inOrder(1, 2)) });
    expect(await played(led, { wait })).toBe(play);
  });

  it.each<[string, Ports, string]>([
    // The lower priority value stays first, although it has failed (RFC 2782).
    ["only 100 ms for one that was silent", SILENT, "1@0 2@100 → 2@100"],
    ["two seconds for one that refused", REFUSES, "1@0 2@2000 → 2@2000"],
  ])("waits %s at the last dial", async (_what, before, play) => {
    const ports = { ...before };
    const led = dialerIn(ports, { resolver: resolverOf(...inOrder(1, 2)) });
    await played(led);
    Object.assign(ports, SILENT);
    expect(await played(led)).toBe(play);
  });

  it.each<[string, SrvResolver | SrvResolver[], Ports, string]>([
    [
      "waits for a silent lookup of an earlier one in the same way",
      {
        ...resolverOf(target(1, { host: "a" }), target(2, { priority: 1 })),
        lookup: () => new Promise<never>(() => {}),
      },
      SILENT,
      "2@2000 → 2@2000",
    ],
    [
      "is dropped if it leaves the records while it waits",
      { resolve: resolverInTurn(answerWith(inOrder(1, 2)), answerWith(inOrder(1))) },
      SILENT,
      "1@0 → unfinished",
    ],
    [
      "does not wait for those of another resolver",
      [resolverOf(target(1)), resolverOf(target(2, { priority: 10 }))],
      SILENT,
      "1@0 2@250 → 2@250",
    ],
    [
      "does not delay a new primary while it waits itself",
      { resolve: resolverInTurn(answerWith(inOrder(1, 9)), answerWith(inOrder(2, 9))) },
      { ...SILENT, 9: "accepts" },
      "1@0 2@364 → 2@364",
    ],
  ])("%s", async (_what, resolver, ports, play) => {
    expect(await played(dialerIn(ports, { resolver }))).toBe(play);
  });
});
