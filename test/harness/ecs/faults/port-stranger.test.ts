import { expect, it } from "vitest";
import { freePort } from "../../../../harness/ecs/programs/free-port.ts";
import { PortStranger } from "../../../../harness/ecs/faults/port-stranger.ts";

it("a stranger on a port may speak HTTP, and ends with its connections", async () => {
  const port = await freePort();
  const stranger = await PortStranger.listen("http", { address: "127.0.0.1", port });
  const answer = await fetch(`http://127.0.0.1:${port}/`);
  expect(await answer.text()).toBe("hello\n");
  await stranger.close();
  await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow("fetch failed");
});
