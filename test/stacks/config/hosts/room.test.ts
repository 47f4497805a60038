import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fitOn, fitsAnyPlacement, type Room } from "../../../../stacks/config/hosts/room.ts";

const host = { memory: 1000, cpu: 1000, interfaces: 2 };
const task = (memory: number, cpu = 0, interfaces = 0): Room => ({ memory, cpu, interfaces });

const roomUpTo = (most: number) =>
  fc
    .tuple(fc.integer({ min: 1, max: most }), fc.integer({ min: 1, max: most }))
    .map(([memory, cpu]) => task(memory, cpu));

describe("fitOn", () => {
  it("counts CPU and network interfaces too", () => {
    expect(fitOn(1, host, [task(1, 600), task(1, 600)])).toBe(false);
    expect(fitOn(1, host, [task(1, 1, 1), task(1, 1, 1), task(1, 1, 1)])).toBe(false);
    expect(fitOn(2, host, [task(1, 1, 1), task(1, 1, 1), task(1, 1, 1)])).toBe(true);
  });
});

describe("fitsAnyPlacement", () => {
  it("is false if the others can leave too little room on each host", () => {
    // Redis needs 600 on one of two hosts: 401 on each would block it.
    expect(fitsAnyPlacement(task(600), [task(400), task(400)], 2, host)).toBe(true);
    expect(fitsAnyPlacement(task(600), [task(401), task(401)], 2, host)).toBe(false);
  });

  it("is correct for any placement of the others", () => {
    const placing = fc.array(fc.nat({ max: 3 }), { minLength: 12, maxLength: 12 });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4 }),
        roomUpTo(1000),
        fc.array(roomUpTo(500), { maxLength: 12 }),
        placing,
        (hosts, redis, others, places) => {
          fc.pre(fitsAnyPlacement(redis, others, hosts, host));
          const free = Array.from({ length: hosts }, () => host);
          for (const [index, other] of others.entries()) {
            const place = (places[index] ?? 0) % hosts;
            // A task without room waits.
            const left = free[place] ?? host;
            if (fitOn(1, left, [other])) {
              free[place] = {
                ...left,
                memory: left.memory - other.memory,
                cpu: left.cpu - other.cpu,
              };
            }
          }
          expect(free.some((left) => fitOn(1, left, [redis]))).toBe(true);
        },
      ),
      { seed: 20_260_101 },
    );
  });
});
