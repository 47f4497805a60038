import { expect, it } from "vitest";
import { readTemplate } from "../../../../harness/ecs/terraform/template.ts";
import { template } from "../fixture/template.ts";

const container = (name: string, paths: readonly string[], from: readonly string[] = []) => ({
  name,
  image: name,
  memory: 8,
  portMappings: name === "app" ? [{ containerPort: 3000, hostPort: 0 }] : [],
  mountPoints: paths.map((containerPath) => ({ sourceVolume: "data", containerPath })),
  volumesFrom: from.map((sourceContainer) => ({ sourceContainer })),
});

it("mounts keep the order of the definition, since one may be below another", async () => {
  const containers = [container("app", ["/b", "/b/below"], ["other"]), container("other", ["/a"])];
  const appTask = { container_definitions: JSON.stringify(containers), volume: [{ name: "data" }] };
  const known = { parameters: {}, drawn: new Map<string, string>() };
  const { plan } = await readTemplate(template({ appTask }), known);
  const [app] = plan.taskDefinitions.get("aws_ecs_task_definition.app")?.containers ?? [];
  expect(app?.mounts.map(({ path }) => path)).toEqual(["/a", "/b", "/b/below"]);
});
