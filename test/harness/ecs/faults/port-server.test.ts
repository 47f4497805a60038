import { expect, it } from "vitest";
import { freePort } from "../../../../harness/ecs/programs/free-port.ts";
import { PortServer } from "../../../../harness/ecs/faults/port-server.ts";

it("a server on a reused port speaks HTTP, and closes its connections", async () => {
  const port = await freePort();
  const server = await PortServer.listen("http", { address: "127.0.0.1", port });
  const answer = await fetch(`http://127.0.0.1:${port}/`);
  expect(await answer.text()).toBe("hello\n");
  await server.close();
  await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow("fetch failed");
});
