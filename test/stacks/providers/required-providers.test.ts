import { expect, it } from "vitest";
import { requiredProviders } from "../../../stacks/providers/required-providers.ts";
import { tools } from "../../../stacks/providers/tool.ts";

const module = {
  terraform: {
    required_providers: {
      aws: { source: "hashicorp/aws", version: "6.25.0" },
      random: { source: "random", version: "3.9.0" },
      own: { source: "registry.example.com/games/own", version: "1.0.0" },
    },
  },
};

it("adds the namespace hashicorp and the tool's registry to short sources", () => {
  const addresses = tools.map((tool) => [...requiredProviders(module, tool)]);
  expect(addresses).toEqual([
    [
      ["registry.terraform.io/hashicorp/aws", "6.25.0"],
      ["registry.terraform.io/hashicorp/random", "3.9.0"],
      ["registry.example.com/games/own", "1.0.0"],
    ],
    [
      ["registry.opentofu.org/hashicorp/aws", "6.25.0"],
      ["registry.opentofu.org/hashicorp/random", "3.9.0"],
      ["registry.example.com/games/own", "1.0.0"],
    ],
  ]);
});
