import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { BlackHole } from "../../../../harness/ecs/machine/black-hole.ts";

describe("a black hole", () => {
  it("fails if another process listens on the endpoint, and can still be closed", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    try {
      const hole = await BlackHole.prepare({ address: "127.0.0.1", port });
      await expect(hole.open()).rejects.toMatchObject({
        code: "ERR_PLATFORM",
        message: expect.stringContaining("EADDRINUSE"),
      });
      await hole.close();
      await hole.close();
    } finally {
      server.close();
    }
  });
});
