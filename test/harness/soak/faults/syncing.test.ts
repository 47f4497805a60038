import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { isSyncing } from "../../../../harness/soak/faults/syncing.ts";
import { until } from "../../../../harness/plays/stage/until.ts";

/** A program that syncs a file as often as it can. */
const SYNCS = `const fs = require("node:fs");
const file = fs.openSync(require("node:path").join(require("node:os").tmpdir(), "syncs-" + process.pid), "w");
fs.unlinkSync(fs.readlinkSync("/proc/self/fd/" + file));
const next = () => fs.write(file, "x", () => fs.fdatasync(file, next));
next();`;

test("a program that syncs is seen doing so, and one that waits is not", async () => {
  const child = spawn(process.execPath, ["-e", SYNCS], { stdio: "ignore" });
  try {
    await until("it syncs", () => isSyncing(child.pid ?? 0), { timeout: 10_000 });
    expect(isSyncing(process.pid)).toBe(false);
  } finally {
    const exited = once(child, "exit");
    child.kill("SIGKILL");
    await exited;
  }
  expect(isSyncing(child.pid ?? 0)).toBe(false);
});
