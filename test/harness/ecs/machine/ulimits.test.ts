import { describe, expect, it } from "vitest";
import { attainable } from "../../../../harness/ecs/machine/ulimits.ts";

const own = `Limit                     Soft Limit           Hard Limit           Units
Max core file size        0                    unlimited            bytes
Max open files            1024                 4096                 files
Max pending signals       15000                15000                signals
`;

const of = (name: "core" | "nofile" | "sigpending", softLimit: number, hardLimit: number) =>
  attainable([{ name, softLimit, hardLimit }], own).map((limit) => [
    limit.softLimit,
    limit.hardLimit,
  ])[0];

describe("ulimits", () => {
  it("without privileges are at most this machine's own", () => {
    expect(of("nofile", 65_536, 65_536)).toEqual([4096, 4096]);
    expect(of("nofile", 100, 200)).toEqual([100, 200]);
    expect(of("nofile", -1, -1)).toEqual([4096, 4096]);
    expect(of("core", -1, -1)).toEqual([-1, -1]);
    expect(of("sigpending", 10, -1)).toEqual([10, 15_000]);
  });
});
