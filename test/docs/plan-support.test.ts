import { expect, it } from "vitest";
import { planSupport } from "../../harness/ecs/index.ts";
import { code, table } from "../../stacks/docs/markdown.ts";

const listed = (names: readonly string[]): string => names.map((name) => code(name)).join(", ");

function page(): string {
  const { types, container, refused, notPlayed } = planSupport();
  const reasons = [...new Set(notPlayed.map(([, reason]) => reason))];
  const without = reasons.map((reason) => {
    const all = notPlayed.filter(([, each]) => each === reason);
    return [listed(all.map(([type]) => type.replace(/_$/, "_*"))), reason];
  });
  const parts = [
    "<!-- Written by `npm run docs:plans`: a change here is lost. -->",
    "# What a plan may have",
    "How to play one: [plans.md](plans.md). An argument that is in neither column of its type is refused by its address. So\nis a value that is not modelled, such as a UDP port; the message says what is. Refused so are, for example,\n`service_connect_configuration` of a service, `elb_name` of its `load_balancer`, and `source_ip` of a listener's rule.",
    "## Resources that are played",
    table(
      ["resource", "honoured", "without effect on one machine"],
      Object.entries(types).map(([type, { honoured, withoutEffect }]) => [
        code(type),
        listed(honoured),
        listed(withoutEffect),
      ]),
    ),
    "## Container definitions",
    table(
      ["fields", "what happens"],
      [
        [listed(container.honoured), "honoured as in ECS"],
        [listed(container.withoutEffect), "without effect on one machine"],
        [listed(container.refused), "refused unless empty"],
      ],
    ),
    "## Resources that are refused",
    table(
      ["resource", "because here"],
      refused.map(([type, reason]) => [code(type), reason]),
    ),
    "## Resources that are not played",
    "The command lists the types of a plan that it does not play: these, and all types that are in no table of this page.",
    table(["resource", "why"], without),
  ];
  return `${parts.join("\n\n")}\n`;
}

it("docs/plan-support.md is what the code honours and refuses", async () => {
  const { types, refused } = planSupport();
  expect(types["aws_ecs_service"]?.honoured).toContain("desired_count");
  expect(refused.length).toBeGreaterThan(5);
  await expect(page()).toMatchFileSnapshot("../../docs/plan-support.md");
});
