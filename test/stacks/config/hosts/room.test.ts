import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fitOn, fitsAnyhow, type Room } from "../../../../stacks/config/hosts/room.ts";

const host = { memory: 1000, cpu: 1000, interfaces: 2 };
const task = (memory: number, cpu = 0, interfaces = 0): Room => ({ memory, cpu, interfaces });

describe("fitOn", () => {
  it("places the largest first, whatever their order", () => {
    const tasks = [task(200), task(300), task(500), task(800), task(200)];
    expect(fitOn(2, host, tasks)).toBe(true);
    expect(fitOn(2, host, [...tasks, task(1)])).toBe(false);
  });

  it("counts CPU and network interfaces too", () => {
    expect(fitOn(1, host, [task(1, 600), task(1, 600)])).toBe(false);
    expect(fitOn(1, host, [task(1, 1, 1), task(1, 1, 1), task(1, 1, 1)])).toBe(false);
    expect(fitOn(2, host, [task(1, 1, 1), task(1, 1, 1), task(1, 1, 1)])).toBe(true);
  });

  it("has no room without hosts", () => {
    expect(fitOn(0, host, [])).toBe(true);
    expect(fitOn(0, host, [task(1)])).toBe(false);
  });
});

describe("fitsAnyhow", () => {
  it("is false where the others can leave each host too little", () => {
    // Two hosts, 600 for Redis: 401 on each would be in its way.
    expect(fitsAnyhow(task(600), [task(400), task(400)], 2, host)).toBe(true);
    expect(fitsAnyhow(task(600), [task(401), task(401)], 2, host)).toBe(false);
  });

  it("holds however the others are placed", () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 500 }), { maxLength: 12 });
    const placing = fc.array(fc.nat({ max: 3 }), { minLength: 12, maxLength: 12 });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 900 }),
        sizes,
        placing,
        (hosts, redis, others, places) => {
          fc.pre(
            fitsAnyhow(
              task(redis),
              others.map((size) => task(size)),
              hosts,
              host,
            ),
          );
          const free = Array.from({ length: hosts }, () => host.memory);
          for (const [index, size] of others.entries()) {
            const place = (places[index] ?? 0) % hosts;
            // A task that finds no room there waits.
            if ((free[place] ?? 0) >= size) free[place] = (free[place] ?? 0) - size;
          }
          expect(Math.max(...free)).toBeGreaterThanOrEqual(redis);
        },
      ),
      { seed: 20_260_101 },
    );
  });
});
