import { Redis } from "ioredis";
import ioredis from "ioredis/package.json" with { type: "json" };
import { expect, it } from "vitest";

import repository from "../../../package.json" with { type: "json" };
import runtime from "../../../runtime/package.json" with { type: "json" };

/** The version that package.json gives a name, which may be an alias: `npm:ioredis@5.11.1`. */
function versionOf(name: string): string | undefined {
  return new Map(Object.entries(repository.devDependencies)).get(name)?.replace("npm:ioredis@", "");
}

it("runs on the version of ioredis that its project is for", () => {
  expect(ioredis.version).toBe(versionOf(process.env["IOREDIS"] ?? ""));
  // What the sources import is that version too: keepAlive is off by default in 5, on in 6.
  const { keepAlive } = new Redis({ lazyConnect: true }).options;
  expect(keepAlive === 0).toBe(ioredis.version.startsWith("5."));
});

it("tests the oldest ioredis that the package allows", () => {
  expect(runtime.peerDependencies.ioredis).toBe(`>=${versionOf("ioredis5-oldest")} <7`);
});
