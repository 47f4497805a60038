import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { FAST } from "./fixture/local.ts";
import { images } from "./fixture/local-images.ts";
import { template } from "./fixture/template.ts";
import { startLocalEcs } from "../../../harness/ecs/local-ecs.ts";

/** The guardians that this process has started. */
function guardians(): number[] {
  return readdirSync("/proc")
    .map(Number)
    .filter((pid) => {
      try {
        const status = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ");
        const ours = status?.[1] === String(process.pid) && status[0] !== "Z";
        return ours && readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("guardian-process");
      } catch {
        return false;
      }
    });
}

describe("close", () => {
  it("can be called again, ends waits, and makes later calls fail", async () => {
    const ecs = await startLocalEcs({ template: template(), images: images() });
    await ecs.apply();
    const waiting = ecs.waitUntilStable();
    await Promise.all([
      expect(waiting).rejects.toMatchObject({ code: "ERR_CLOSED" }),
      ecs.close(),
      ecs.close(),
    ]);
    await expect(ecs.apply()).rejects.toMatchObject({ code: "ERR_CLOSED" });
  });

  it("leaves nothing behind at any moment", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "close-test-"));
    const before = process.env["TMPDIR"];
    process.env["TMPDIR"] = folder;
    try {
      for (const moment of [0, 2, 4, 8, 16, 32, 64]) {
        const ecs = await startLocalEcs({ template: template(), images: images() });
        const applying = ecs.apply().catch(() => {});
        await delay(moment);
        await ecs.close();
        await applying;
        expect(await readdir(folder), `closed after ${moment} ms`).toEqual([]);
      }
    } finally {
      if (before === undefined) delete process.env["TMPDIR"];
      else process.env["TMPDIR"] = before;
      await rm(folder, { recursive: true });
    }
  });

  it("works even if the guardian was killed", async () => {
    const ecs = await startLocalEcs({ template: template(), images: images(), ...FAST });
    await ecs.apply();
    await ecs.waitUntilStable();
    const [task] = ecs.services.flatMap(({ tasks }) => tasks);
    const pid = task?.containers[0]?.pid ?? 0;
    const [guardian] = guardians();
    if (guardian === undefined) throw new Error("no guardian");
    process.kill(guardian, "SIGKILL");
    await expect.poll(guardians).toEqual([]);
    await ecs.close();
    await expect.poll(() => existsSync(`/proc/${pid}/cwd`)).toBe(false);
    await expect(ecs.log(task?.id ?? "")).rejects.toMatchObject({ code: "ERR_CLOSED" });
  });
});
