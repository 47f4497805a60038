import { describe, expect, it } from "vitest";
import { runCommand } from "../../../stacks/ecs/run-command.ts";
import { devWith } from "../support/template.ts";

const cluster = { name: "dev", capacityProvider: "dev-hosts" };

describe("the command line that starts a task", () => {
  it("has region, cluster, family and capacity provider", () => {
    expect(runCommand({ region: "eu-west-1", cluster, family: "dev-clean" })).toBe(
      "aws ecs run-task --region eu-west-1 --cluster dev --task-definition dev-clean " +
        "--capacity-provider-strategy capacityProvider=dev-hosts,weight=1",
    );
  });

  it("has overrides as JSON in single quotes", () => {
    const override = { name: "redis", command: ["rm", "-f", "/data/x"], memory: 64 };
    const line = runCommand({ region: "eu-west-1", cluster, family: "dev-redis", override });
    const [, json = ""] = /--overrides '([^']*)'$/.exec(line) ?? [];
    expect(JSON.parse(json)).toEqual({ containerOverrides: [override] });
  });

  it("is in the outputs, for removing the record of Redis' version", () => {
    const { output } = devWith().json as { output?: Record<string, { value: string }> };
    expect(output?.["redis_reset_version"]?.value).toContain(
      ' --overrides \'{"containerOverrides":[{"name":"redis","command":["flock","-w","30","/data/.writer.lock","rm","-f","/data/.server-version"],"memory":64}]}\'',
    );
  });
});
