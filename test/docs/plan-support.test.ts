import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { planSupport } from "../../harness/ecs/index.ts";
import { withBlock } from "../../harness/results/marked-block.ts";
import { code, table } from "../../tools/docs/markdown.ts";

const PAGE = join(import.meta.dirname, "../../docs/plans.md");

const listed = (names: readonly string[]): string => names.map((name) => code(name)).join(", ");

/** A list item, or "" for an empty list. */
const item = (title: string, names: readonly string[]): string =>
  names.length === 0 ? "" : `- ${title}: ${listed(names)}\n`;

function text(): string {
  const { types, container, refused, notPlayed, unplayed } = planSupport();
  const reasons = [...new Set(notPlayed.map(([, reason]) => reason))];
  const played = Object.entries(types).map(
    ([type, { honoured, withoutEffect }]) =>
      `**${code(type)}**\n\n${item("honoured", honoured)}${item("no effect here", withoutEffect)}`,
  );
  const without = reasons.map((reason) => {
    const all = notPlayed.filter(([, each]) => each === reason);
    return item(
      reason,
      all.map(([type]) => type.replace(/_$/, "_*")),
    );
  });
  return [
    "This list is written from the code by `npm run golden`.",
    "### Resources that run",
    "An argument that is not listed for its type is refused by its address.",
    ...played.map((each) => each.trim()),
    "### Container definitions",
    [
      item("honoured as in ECS", container.honoured),
      item("no effect on one machine", container.withoutEffect),
      item("refused unless empty", container.refused),
    ]
      .join("")
      .trim(),
    "### What is not played",
    "The services run without it, and the command says so for each.",
    table(
      ["argument, field or resource", "because"],
      unplayed.map(([what, reason]) => [code(what), reason]),
    ),
    "### Resources that are refused",
    table(
      ["resource", "because here"],
      refused.map(([type, reason]) => [code(type), reason]),
    ),
    "### Resources that are ignored",
    "The command lists them. It also lists every type that is not in this section.",
    without.join("").trim(),
  ].join("\n\n");
}

it("docs/plans.md has the list from the code", async () => {
  const { types, refused } = planSupport();
  expect(types["aws_ecs_service"]?.honoured).toContain("desired_count");
  expect(refused.length).toBeGreaterThan(1);
  const page = withBlock(readFileSync(PAGE, "utf8"), "what a plan may have", text());
  await expect(page).toMatchFileSnapshot(PAGE);
});
