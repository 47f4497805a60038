import { Redis } from "ioredis";
import manifest from "ioredis/package.json" with { type: "json" };
import { expect, it } from "vitest";

it("runs on the major version of ioredis that its project is for", () => {
  expect(manifest.version.split(".")[0]).toBe(process.env["IOREDIS_MAJOR"]);
  // What the sources import is that version too: keepAlive is off by default in 5, on in 6.
  const { keepAlive } = new Redis({ lazyConnect: true }).options;
  expect(keepAlive === 0).toBe(process.env["IOREDIS_MAJOR"] === "5");
});
