import { describe, expect, it } from "vitest";
import { toolOf } from "../../../stacks/providers/tool.ts";

describe("toolOf", () => {
  it.each<[string, Record<string, string>]>([
    ["Terraform", {}],
    ["Terraform", { TERRAFORM_BINARY_NAME: "/opt/tofu/terraform" }],
    ["OpenTofu", { TERRAFORM_BINARY_NAME: "tofu" }],
    ["OpenTofu", { TERRAFORM_BINARY_NAME: "/opt/bin/tofu-1.11" }],
    ["OpenTofu", { TERRAFORM_BINARY_NAME: "opentofu" }],
  ])("is %s with the variables %j", (name, variables) => {
    expect(toolOf(variables).name).toBe(name);
  });
});
