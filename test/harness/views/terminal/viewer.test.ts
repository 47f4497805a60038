import { EventEmitter } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { stripVTControlCharacters } from "node:util";
import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import type { LocalEcs } from "../../../../harness/ecs/index.ts";
import { liveView } from "../../../../harness/views/terminal/viewer.ts";

const steps = ["first deploy", "Redis moves"].map((title) => ({ title, play: async () => {} }));
const record = {
  type: "record",
  action: "registered",
  name: "dev-redis.dev-ecs",
  instanceId: "t1",
  address: "127.0.9.1",
  port: 32_768,
  healthy: true,
} as const;
const fault = { type: "fault", fault: "slowStorage", target: undefined } as const;

/** A view of a local ECS without hosts, and its output since the last call. */
function opened(follows?: (image: string) => boolean) {
  const out = new PassThrough();
  const events = new EventEmitter();
  const view = liveView(out, { title: "The whole story", steps }, follows);
  onTestFinished(() => view.close());
  const ecs = { events, hosts: [], services: [], targets: [] } as unknown as LocalEcs;
  return {
    view,
    ecs,
    emit: (event: object) => events.emit("event", event),
    printed: () => {
      vi.advanceTimersByTime(1_000);
      return stripVTControlCharacters(String(out.read() ?? ""));
    },
  };
}

describe("a live view", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    onTestFinished(() => void vi.useRealTimers());
  });

  it("draws nothing until the environment exists", () => {
    const { view, ecs, printed } = opened();
    expect(printed()).toBe("");
    view.onOpen?.(ecs);
    const picture = printed();
    expect(picture).toContain("The whole story · ▸ first deploy · Redis moves");
    expect(picture).toContain("no requests yet");
  });

  it("shows the last lines of a container that it follows, without their colours", () => {
    const { view, ecs, printed } = opened(() => true);
    const lines = Array.from({ length: 300 }, (_, index) => `\u001b[31mline ${index}\u001b[39m`);
    const folder = mkdtempSync(join(tmpdir(), "viewer-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = join(folder, "log");
    writeFileSync(file, `${lines.join("\n")}\n`);
    const container = { name: "app", image: "app" };
    Object.assign(ecs, { logFile: () => file, task: () => ({ containers: [container] }) });
    view.onOpen?.(ecs);
    const event = { type: "container", service: "dev-app", taskId: "3dd8a4", container: "app" };
    ecs.events.emit("event", { ...event, status: "RUNNING", at: 0 } as never);
    ecs.events.emit("event", { ...event, status: "STOPPED", exitCode: 0, at: 0 } as never);
    const picture = printed();
    expect(picture).toContain("dev-app 3dd8a4 | line 299");
    expect(picture).not.toContain("line 100");
  });

  it("shows current DNS records and active faults", () => {
    const { view, ecs, emit, printed } = opened();
    view.onOpen?.(ecs);
    emit(record);
    emit({ ...fault, active: true });
    const broken = printed();
    expect(broken).toContain("SRV dev-redis.dev-ecs → 127.0.9.1:32768");
    expect(broken).toContain("⚡");
    emit({ ...record, action: "deregistered" });
    emit({ ...fault, active: false });
    const mended = printed();
    expect(mended).toContain("SRV dev-redis.dev-ecs → no records");
    expect(mended).not.toContain("⚡");
  });

  it("ticks every step in the last frame and then stops", () => {
    const { view, ecs, printed } = opened();
    view.onOpen?.(ecs);
    view.onStep?.("Redis moves");
    expect(printed()).toContain("✓ first deploy · ▸ Redis moves");
    view.onEnd?.();
    expect(printed()).toContain("✓ first deploy · ✓ Redis moves");
    expect(printed()).toBe("");
  });
});
