import { describe, expect, it } from "vitest";
import { runCommand } from "../../../stacks/ecs/run-command.ts";

const cluster = { name: "dev", capacityProvider: "dev-hosts" };

describe("the command line that starts a task", () => {
  it("has region, cluster, family and capacity provider", () => {
    expect(runCommand({ region: "eu-west-1", cluster, family: "dev-clean" })).toBe(
      "aws ecs run-task --region eu-west-1 --cluster dev --task-definition dev-clean " +
        "--capacity-provider-strategy capacityProvider=dev-hosts,weight=1",
    );
  });
});
