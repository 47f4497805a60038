import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { TaskProtection } from "../../../../harness/ecs/tasks/task-protection.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
afterEach(() => void vi.useRealTimers());

it("lasts as long as the last request says, and reports its end", () => {
  const onChange = vi.fn<() => void>();
  const protection = new TaskProtection(onChange);
  protection.begin(1);
  protection.begin(2);
  vi.advanceTimersByTime(119_999);
  expect(protection.until).toBeGreaterThan(Date.now());
  onChange.mockClear();
  vi.advanceTimersByTime(1);
  expect(protection.until).toBeUndefined();
  expect(onChange).toHaveBeenCalledOnce();
});
