import { createRequire } from "node:module";

import { Redis } from "ioredis";
import manifest from "ioredis/package.json" with { type: "json" };
import { expect, it } from "vitest";

import runtime from "../../../runtime/package.json" with { type: "json" };

/** The installed version of a package, resolved by Node.js, which ignores the aliases of the test project. */
function versionOf(name: string): string {
  const { version } = createRequire(import.meta.url)(`${name}/package.json`) as typeof manifest;
  return version;
}

it("runs on the version of ioredis that its project is for", () => {
  expect(manifest.version).toBe(versionOf(process.env["IOREDIS"] ?? ""));
  // The sources import the same version: keepAlive is off by default in 5 and iovalkey, and on in 6.
  const { keepAlive } = new Redis({ lazyConnect: true }).options;
  expect(keepAlive === 0).toBe(!manifest.version.startsWith("6."));
});

it("tests the oldest ioredis that the package allows", () => {
  expect(runtime.peerDependencies.ioredis).toBe(`>=${versionOf("ioredis5-oldest")} <7`);
});
