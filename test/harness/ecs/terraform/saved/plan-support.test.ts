import { expect, it } from "vitest";
import { containerDefinition } from "../../../../../harness/ecs/terraform/container-definition.ts";
import { empty, noEffect } from "../../../../../harness/ecs/terraform/fields.ts";
import { REFUSED } from "../../../../../harness/ecs/terraform/saved/not-played.ts";
import { SCHEMAS } from "../../../../../harness/ecs/terraform/schemas.ts";
import { WITHOUT_LOCAL_EFFECT } from "../../../../../harness/ecs/terraform/support.ts";
import { code, table } from "../../../../../stacks/docs/markdown.ts";

/** Of every resource: what Terraform itself takes. */
const META = new Set([
  "depends_on",
  "lifecycle",
  "provider",
  "region",
  "tags",
  "tags_all",
  "timeouts",
]);

/** Names of fields, by what happens to them. */
function fieldsOf(shape: object): Record<"honoured" | "ignored" | "refused", string> {
  const names = Object.keys(shape).filter((name) => !META.has(name));
  const kindOf = (name: string) => {
    const field: unknown = Reflect.get(shape, name);
    if (field === noEffect) return "ignored";
    return field === empty ? "refused" : "honoured";
  };
  const those = (kind: string): string =>
    names
      .filter((name) => kindOf(name) === kind)
      .map((name) => code(name))
      .join(", ");
  return { honoured: those("honoured"), ignored: those("ignored"), refused: those("refused") };
}

function page(): string {
  const types = Object.entries(SCHEMAS).map(([type, { shape }]) => {
    const { honoured, ignored } = fieldsOf(shape);
    return [code(type), honoured, ignored];
  });
  const { honoured, ignored, refused } = fieldsOf(containerDefinition.shape);
  const reasons = [...new Set(WITHOUT_LOCAL_EFFECT.map(([, reason]) => reason))];
  const without = reasons.map((reason) => {
    const all = WITHOUT_LOCAL_EFFECT.filter(([, each]) => each === reason);
    return [all.map(([type]) => code(type.replace(/_$/, "_*"))).join(", "), reason];
  });
  return (
    [
      "<!-- Written by `npm run docs:plans`: a change here is lost. -->",
      "# What a plan may have",
      "How to play one: [plans.md](plans.md). An argument that is in neither column of a type is refused by its address. So is a value that is not modelled, such as UDP ports; the message says what is.",
      "## Resources that are played",
      table(["resource", "honoured", "without effect on one machine"], types),
      "## Container definitions",
      table(
        ["fields", "what happens"],
        [
          [honoured, "honoured as ECS does"],
          [ignored, "without effect on one machine"],
          [refused, "refused unless empty"],
        ],
      ),
      "## Resources that are refused",
      table(
        ["resource", "because here"],
        REFUSED.map(([type, reason]) => [code(type), reason]),
      ),
      "## Resources that are not played",
      "The command lists the types of a plan that it does not play. These, and all types that are in no table of this page:",
      table(["resource", "why"], without),
      "",
    ]
      .join("\n\n")
      .trimEnd() + "\n"
  );
}

it("docs/plan-support.md is what the code honours and refuses", async () => {
  expect(REFUSED.length).toBeGreaterThan(5);
  await expect(page()).toMatchFileSnapshot("../../../../../docs/plan-support.md");
});
