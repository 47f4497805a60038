import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { type LocalEcs, redisImage, startLocalEcs } from "../../../harness/ecs/index.ts";

const root = fileURLToPath(new URL("../../../examples/terraform/main.tf", import.meta.url));

/** Signs the guest book of the first task of the app, on its host's port. */
async function sign({ services }: LocalEcs, guest: string): Promise<number> {
  const [task] = services.find(({ name }) => name === "dev-app")?.tasks ?? [];
  const port = task?.containers[0]?.ports[0]?.hostPort;
  const response = await fetch(`http://${task?.address}:${port}/guests/${guest}`, {
    method: "POST",
  });
  return response.status;
}

it("the root module in HCL runs, and its app finds Redis of the module", async () => {
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
