import { expect, it } from "vitest";
import { environments } from "../../../environments.ts";
import { startLocalEcs } from "../../../harness/ecs/index.ts";
import { environmentSetup } from "../../../harness/plays/setups/environment-setup.ts";
import { onlyTask } from "../../harness/ecs/fixture/services.ts";

it("a container beside Redis reaches it through its link, and writes its metrics to the log", async () => {
  const { dev } = environments;
  const changed = { ...dev, redis: { ...dev.redis, metrics: true } };
  const { local } = environmentSetup("dev", { environments: { dev: changed } });
  const text = JSON.stringify(local.template);
  expect(text).toContain("sleep 60");
  const often = JSON.parse(text.replaceAll("sleep 60", "sleep 1")) as object;
  const ecs = await startLocalEcs({ ...local, template: often });
  try {
    await ecs.apply();
    await ecs.waitUntilStable();
    const { id } = onlyTask(ecs, "dev-redis");
    await expect.poll(() => ecs.log(id, "metrics")).toContain('"ServiceName":"dev-redis"');
  } finally {
    await ecs.close();
  }
});
