import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { whyNoImages } from "../../../../harness/ecs/index.ts";
import { bundle } from "../fixture/bundle.ts";
import { type ImageFiles, imageFiles } from "../fixture/image-files.ts";
import { killAfter, leftAfter } from "../fixture/left-after.ts";

const SOURCE = fileURLToPath(new URL("../fixture/crash.ts", import.meta.url));

/** Milliseconds from the first output, at which the harness is killed: before, while and after containers start. */
const MOMENTS = [0, 100, 200, 300, 400, 500, 700, 1_000];

describe.runIf((await whyNoImages()) === undefined)("a harness with containers from images", () => {
  let files: ImageFiles;
  let bundled: Awaited<ReturnType<typeof bundle>>;
  beforeAll(async () => {
    files = imageFiles(["sh", "sleep", "setsid"]);
    bundled = await bundle(SOURCE);
  });
  afterAll(async () => {
    files[Symbol.dispose]();
    await bundled[Symbol.asyncDispose]();
  });

  it("leaves nothing behind when it is killed at any moment", async () => {
    const env = { CRASH_ROOT: files.root };
    for (const moment of MOMENTS) {
      const left = await leftAfter(bundled.program, "starting", killAfter(moment), env);
      expect(left, `after ${moment} ms`).toEqual([]);
    }
    const end = killAfter(0);
    expect(await leftAfter(bundled.program, "stable", end, env)).toEqual([]);
  });
});
