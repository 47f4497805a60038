import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { type LocalEcs, redisImage, startLocalEcs } from "../../../harness/ecs/index.ts";

const root = fileURLToPath(new URL("../../../examples/terraform/main.tf", import.meta.url));

/** Signs the guest book at the host port of the first app task. */
async function sign({ services }: LocalEcs, guest: string): Promise<number> {
  const [task] = services.find(({ name }) => name === "dev-app")?.tasks ?? [];
  const port = task?.containers[0]?.ports[0]?.hostPort;
  const response = await fetch(`http://${task?.address}:${port}/guests/${guest}`, {
    method: "POST",
  });
  return response.status;
}

it("the HCL root module runs, and its app finds the module's Redis", async () => {
  await using ecs = await startLocalEcs({
    template: root,
    images: {
      redis: redisImage(),
      app: { command: ["node", "server.js"], workingDirectory: "examples/app" },
    },
    speed: 10,
  });
  await ecs.apply();
  await ecs.waitUntilStable();
  expect(ecs.services.map(({ name }) => name).toSorted()).toEqual(["dev-app", "dev-redis"]);
  await expect.poll(() => sign(ecs, "ada").catch((error: unknown) => error)).toBe(201);
});
