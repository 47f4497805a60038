import { describe, expect, it } from "vitest";
import { EcsEvents } from "../../../../harness/ecs/base/events.ts";
import { ActiveFaults } from "../../../../harness/ecs/faults/active-faults.ts";

const fail = (): never => {
  throw new Error("it cannot be undone");
};

describe("active faults", () => {
  it("are all undone even if one fails, and the error is thrown", async () => {
    const active = new ActiveFaults(new EcsEvents());
    const undone: string[] = [];
    active.begin("partition", "a", fail);
    active.begin("partition", "b", () => void undone.push("b"));
    active.begin("overlap", undefined, async () => fail());
    active.begin("diskFull", "c", async () => void undone.push("c"));
    await expect(active.endAll()).rejects.toThrow("it cannot be undone");
    expect([active.all, undone]).toEqual([[], ["b", "c"]]);
  });

  it("end by their own handle, which does not end a later fault", async () => {
    const active = new ActiveFaults(new EcsEvents());
    const undone: number[] = [];
    const end = active.begin("reusePort", "a", () => void undone.push(1));
    await active.end("reusePort", "a");
    active.begin("reusePort", "a", () => void undone.push(2));
    await end();
    expect([active.has("reusePort", "a"), undone]).toEqual([true, [1]]);
  });

  it("cannot begin after close", async () => {
    const active = new ActiveFaults(new EcsEvents());
    await active.close();
    expect(() => active.begin("overlap", undefined, fail)).toThrow(
      expect.objectContaining({ code: "ERR_CLOSED" }),
    );
    expect(active.all).toEqual([]);
  });
});
