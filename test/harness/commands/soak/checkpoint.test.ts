import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { isGoodSoFar } from "../../../../harness/commands/soak/checkpoint.ts";
import { sampleRecord } from "../../views/soak/sample.ts";

let folder = "";
const log = vi.spyOn(console, "log");
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "checkpoint-"));
  log.mockClear().mockImplementation(() => {});
});
afterEach(() => {
  rmSync(folder, { recursive: true });
  log.mockReset();
});

test("a checkpoint has the figures so far", () => {
  const checkpoint = join(folder, "soak.json");
  expect(isGoodSoFar(sampleRecord(), "everysec", { checkpoint })).toBe(true);
  expect(JSON.parse(readFileSync(checkpoint, "utf8"))).toMatchObject({ rounds: 30, moves: 30 });
});

test("a checkpoint that cannot be written is reported with its file, and the soak continues", () => {
  expect(isGoodSoFar(sampleRecord(), "everysec", { checkpoint: folder })).toBe(true);
  const printed = log.mock.lastCall?.join(" ");
  expect(printed).toMatch(/^checkpoint: .* could not be written: EISDIR/);
  expect(printed).toContain(folder);
});
