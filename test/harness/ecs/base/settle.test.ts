import { describe, expect, it } from "vitest";
import { doAll, settle } from "../../../../harness/ecs/base/settle.ts";

const fail = async (why: string): Promise<never> => {
  throw new Error(why);
};

describe("settle", () => {
  it("waits for all promises and throws the first error", async () => {
    let done = false;
    const late = new Promise<void>((resolve) => {
      setImmediate(() => {
        done = true;
        resolve();
      });
    });
    await expect(settle([fail("first"), late, fail("second")])).rejects.toThrow("first");
    expect(done).toBe(true);
  });
});

describe("doAll", () => {
  it("continues after a failure, in order, and throws the first error", async () => {
    const done: number[] = [];
    const steps = [
      () => void done.push(1),
      () => fail("first"),
      () => {
        throw new Error("second");
      },
      async () => void done.push(2),
    ];
    await expect(doAll(steps)).rejects.toThrow("first");
    expect(done).toEqual([1, 2]);
  });
});
