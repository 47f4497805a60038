import { expect, it } from "vitest";
import { thisSystem } from "../../../harness/ecs/programs/operating-system.ts";
import { thisMachine } from "../../../harness/results/machine.ts";

it("has processor, cores, memory, distribution and kernel", () => {
  const system = { ...thisSystem(), osRelease: 'ID=debian\nPRETTY_NAME="Debian 12"\n' };
  expect(thisMachine(system)).toEqual({
    cpu: expect.stringMatching(/\S/) as string,
    cores: expect.any(Number) as number,
    memory: expect.stringMatching(/^\d+ GiB$/) as string,
    system: expect.stringMatching(/^Debian 12, kernel \S+$/) as string,
  });
});

it("has the platform of a system without os-release", () => {
  const system = { ...thisSystem(), osRelease: "", platform: "darwin" };
  expect(thisMachine(system).system).toMatch(/^darwin, kernel /);
});
