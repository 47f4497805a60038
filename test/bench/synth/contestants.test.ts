import { expect, it } from "vitest";
import { type Contestant, secondsOf } from "./contestants.ts";

/** Writes templates as it is told, in folders of their own. */
const writer = (written: number): Contestant => ({
  name: "writer",
  template: "a.json",
  command: (_count, outdir) => {
    const write = `for (let each = 0; each < ${written}; each++) {
      const folder = require("node:path").join(process.argv[1], String(each));
      fs.mkdirSync(folder);
      fs.writeFileSync(folder + "/a.json", "{}");
    }`;
    return ["-e", write, outdir];
  },
});
const { signal } = new AbortController();

it("a synthesis is measured when it has written a template for each environment", async () => {
  expect(await secondsOf(writer(3), 3, signal)).toBeGreaterThan(0);
});

it("one that wrote fewer, or none, is no measurement", async () => {
  const message = "writer wrote 0 templates of 3 environments";
  await expect(secondsOf(writer(0), 3, signal)).rejects.toThrow(message);
  await expect(secondsOf(writer(2), 3, signal)).rejects.toThrow("wrote 2 templates of 3");
});
