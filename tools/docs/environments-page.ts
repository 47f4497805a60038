import { readFileSync } from "node:fs";
import { join } from "node:path";
import { environmentSchema } from "../../stacks/config/environment-schema.ts";
import { definitionOf } from "../../stacks/config/fields.ts";
import { type Form, type SchemaField, schemaFields } from "../../stacks/config/schema-fields.ts";
import { code, generated, prose, table } from "./markdown.ts";

/** The page of all fields of an environment, generated from the schema. */
export function environmentsPage(): string {
  const fields = schemaFields(environmentSchema);
  const plain = fields
    .filter(({ path }) => path.length === 1)
    .filter((field) => isLeaf(field, fields));
  const parts = fields
    .filter(({ path }) => path.length === 1)
    .filter((field) => !isLeaf(field, fields))
    .map(({ path: [name = ""], description, isRequired }) => {
      const inside = fields.filter(({ path }) => path[0] === name && path.length > 1);
      const about = [prose(description), isRequired ? "Required." : "Optional."];
      return [`## ${code(name)}`, sentence(about), ...sections(inside)].join("\n\n");
    });
  return `${[generated, intro, example(), names, "## The environment", rows(plain), ...parts].join("\n\n")}\n`;
}

/** A complete `environments.ts`, with the import as in the root. */
function example(): string {
  const text = readFileSync(join(import.meta.dirname, "example-environments.ts"), "utf8");
  return `\`\`\`ts\n${text.replace('"../../stacks/', '"./stacks/')}\`\`\``;
}

const intro = `# The fields of an environment

\`environments.ts\` has one object for each environment:`;

const names = `Every value is checked before anything is built. An error names the environment, the field, the value and the allowed
values. Fields that contradict each other are refused, and so are two environments that create the same thing, such
as one namespace. [Rules](rules.md) are checked in the synthesized JSON.

The name of an environment has 1 to 20 lower-case letters, digits and hyphens. Names in AWS begin with it: the ECS
service and the Cloud Map service of Redis are \`<environment>-redis\`, the namespace is \`<environment>-ecs\`.

In the tables, "–" means no default.`;

function isLeaf({ path: [name] }: SchemaField, fields: readonly SchemaField[]): boolean {
  return fields.every(({ path }) => path[0] !== name || path.length === 1);
}

function sentence(parts: readonly string[]): string {
  return parts
    .filter((part) => part !== "")
    .map((part) => (part.endsWith(".") ? part : `${part}.`))
    .join(" ");
}

/** One table for the fields of all shapes, and one for each shape. */
function sections(fields: readonly SchemaField[]): string[] {
  const groups = new Map<string, SchemaField[]>();
  for (const field of fields) {
    const form = field.forms.at(-1);
    const title = form === undefined ? "" : titleOf(form);
    groups.set(title, [...(groups.get(title) ?? []), field]);
  }
  return [...groups].flatMap(([title, group]) =>
    title === "" ? [rows(group)] : [title, rows(group)],
  );
}

/** A shape is named by its first required key. */
function titleOf({ path, schema }: Form): string {
  const required = schemaFields(schema).find(
    (field) => field.isRequired && field.path.length === 1,
  );
  const name = code(path.join("."));
  if (required === undefined) return `### ${name} otherwise`;
  const def = definitionOf(required.schema);
  const key = required.path.join();
  return `### ${name} with ${code(def.type === "literal" ? `${key}: ${JSON.stringify(def.values[0])}` : key)}`;
}

function rows(fields: readonly SchemaField[]): string {
  return table(
    ["field", "default", "what it is", "allowed"],
    fields.map((field) => [
      code(nameOf(field)),
      defaultOf(field),
      prose(field.description),
      allowedIn(field),
    ]),
  );
}

const nameOf = ({ path }: SchemaField): string => path.join(".").replaceAll(".[]", "[]");

function defaultOf({ isRequired, default: value }: SchemaField): string {
  if (isRequired) return "**required**";
  return value === undefined ? "–" : code(JSON.stringify(value));
}

/** Does not list an object's fields, because they have rows. */
const allowedIn = (field: SchemaField): string =>
  prose(
    field.allowed.replaceAll(
      /an object with fields [\w, ]+?(?=, or |$)/g,
      "an object, see its fields",
    ),
  );
