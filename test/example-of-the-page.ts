import { expect, test } from "vitest";
import { redisImage, startLocalEcs } from "../harness/ecs/index.ts";

test("the app finds Redis again, wherever it goes", async () => {
  await using ecs = await startLocalEcs({
    template: "cdktf.out/stacks/dev/cdk.tf.json",
    images: {
      redis: redisImage(),
      // Your own app: a command, and the folder it runs in.
      app: {
        command: ["node", "--import", "tsx", "server.ts"],
        workingDirectory: "harness/plays/app",
      },
    },
  });
  await ecs.apply();
  await ecs.waitUntilStable();

  const url = ecs.loadBalancers[0]?.url ?? "";
  const sign = async (guest: string) => {
    const response = await fetch(`${url}/guests/${guest}`, { method: "POST" });
    return response.status;
  };
  const redis = () =>
    ecs.services
      .find(({ name }) => name === "dev-redis")
      ?.tasks.find(({ status }) => status === "RUNNING");

  expect(await sign("ada")).toBe(201);

  const before = redis();
  ecs.drainHost(before?.host ?? "");
  await ecs.waitUntilStable();
  expect(redis()?.address).not.toBe(before?.address);
  await expect.poll(() => sign("grace"), { timeout: 10_000 }).toBe(201);

  ecs.faults.kill(redis()?.id ?? "");
  await expect.poll(() => sign("barbara"), { timeout: 20_000 }).toBe(201);

  const guests = await fetch(`${url}/guests`).then((response) => response.json());
  expect(guests).toEqual({ guests: 3 });
}, 60_000);
