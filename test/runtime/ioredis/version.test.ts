import { createRequire } from "node:module";

import { Redis } from "ioredis";
import manifest from "ioredis/package.json" with { type: "json" };
import { expect, it } from "vitest";

import runtime from "../../../runtime/package.json" with { type: "json" };

/** The version that is installed under a name; Node.js knows nothing of the project's alias. */
function versionOf(name: string): string {
  const { version } = createRequire(import.meta.url)(`${name}/package.json`) as typeof manifest;
  return version;
}

it("runs on the version of ioredis that its project is for", () => {
  expect(manifest.version).toBe(versionOf(process.env["IOREDIS"] ?? ""));
  // What the sources import is that version too: keepAlive is off by default in 5, on in 6.
  const { keepAlive } = new Redis({ lazyConnect: true }).options;
  expect(keepAlive === 0).toBe(manifest.version.startsWith("5."));
});

it("tests the oldest ioredis that the package allows", () => {
  expect(runtime.peerDependencies.ioredis).toBe(`>=${versionOf("ioredis5-oldest")} <7`);
});
