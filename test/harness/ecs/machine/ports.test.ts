import { once } from "node:events";
import { createServer } from "node:net";
import { describe, expect, it } from "vitest";
import { HostPorts } from "../../../../harness/ecs/machine/ports.ts";

const free = (): Promise<boolean> => Promise.resolve(true);

describe("HostPorts", () => {
  it("cycles through the range, so that a freed port is reused last", async () => {
    const ports = new HostPorts("127.0.0.1", [100, 103], 0, free);
    expect(await ports.allocate()).toBe(100);
    ports.release(100);
    expect([await ports.allocate(), await ports.allocate(), await ports.allocate()]).toEqual([
      101, 102, 103,
    ]);
    expect(await ports.allocate()).toBe(100);
  });

  it("skips reserved ports, and fails if no port is free", async () => {
    const ports = new HostPorts("127.0.0.1", [100, 101], 0, free);
    expect(ports.reserve(100)).toBe(true);
    expect(ports.reserve(100)).toBe(false);
    expect(await ports.allocate()).toBe(101);
    await expect(ports.allocate()).rejects.toThrow("no free port in 100-101 on 127.0.0.1");
  });

  it("returns different ports for two simultaneous calls", async () => {
    const ports = new HostPorts("127.0.0.1", [100, 199], 0, free);
    const given = await Promise.all(Array.from({ length: 50 }, () => ports.allocate()));
    expect(new Set(given).size).toBe(50);
  });

  it("skips a port that another process uses", async () => {
    const other = createServer();
    other.listen(0, "127.0.0.1");
    await once(other, "listening");
    try {
      const address = other.address();
      const taken = typeof address === "object" && address ? address.port : 0;
      const ports = new HostPorts("127.0.0.1", [taken, Math.min(taken + 20, 65_535)], 0);
      expect(await ports.allocate()).toBeGreaterThan(taken);
    } finally {
      other.close();
    }
  });
});
