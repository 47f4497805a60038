import { IamRole } from "@cdktf/provider-aws/lib/iam-role/index.js";
import type { TerraformStack } from "cdktf";
import { permissionsBoundaryField } from "../../stacks/config/environment-schema.ts";
import { tagCharacters } from "../../stacks/config/state-schema.ts";
import { matches } from "./conditions.ts";
import { variableOf, type Variables } from "./variable.ts";

// Inputs that apply to every resource of a module which supports them.

const tagsAllowed =
  "up to 40 tags; keys of 1 to 128 and values of up to 256 letters, digits, spaces or _.:/=+-@; no key begins with aws: or differs from another only in case";

const tagConditions = [
  matches(tagCharacters, "key"),
  matches(/^.{1,128}$/, "key"),
  '!startswith(lower(key), "aws:")',
  matches(tagCharacters, "value"),
  matches(/^.{0,256}$/, "value"),
];

/** The inputs. */
export const conventionVariables = {
  tags: {
    type: "map(string)",
    default: {},
    description:
      "Tags of all resources, and of tasks, in addition to the provider's default_tags. A tag that the module sets itself, such as Name, has precedence",
    validations: [
      "length(var.tags) <= 40",
      `alltrue([for key, value in var.tags : ${tagConditions.join(" && ")}])`,
      "length(distinct([for key in keys(var.tags) : lower(key)])) == length(var.tags)",
    ].map((condition) => ({ condition, allowed: tagsAllowed })),
  },
  permissions_boundary_arn: variableOf("permissions_boundary_arn", permissionsBoundaryField),
} satisfies Variables;

/** Sets the permissions boundary of every role. */
export function boundRoles(stack: TerraformStack): void {
  for (const node of stack.node.findAll()) {
    if (node instanceof IamRole) node.permissionsBoundary = "${var.permissions_boundary_arn}";
  }
}

/** The types of a stack's resources that have tags. */
export function taggableTypes(stack: TerraformStack): ReadonlySet<string> {
  const tagged = stack.node.findAll().filter((node) => "tagsInput" in node);
  return new Set(tagged.map((node) => (node as IamRole).terraformResourceType));
}

/** The tags of a resource as an expression. */
export function tagsWith(own: Readonly<Record<string, string>> = {}): string {
  const fixed = Object.entries(own).map(([key, value]) => `${key} = ${expressionOf(value)}`);
  return fixed.length === 0 ? "${var.tags}" : `\${merge(var.tags, { ${fixed.join(", ")} })}`;
}

/** A template as an expression: `${var.name}` becomes `var.name`. */
function expressionOf(template: string): string {
  return /^\$\{([^{}]*)\}$/.exec(template)?.[1] ?? JSON.stringify(template);
}
