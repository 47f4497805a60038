import { environmentSchema } from "../config/environment-schema.ts";
import { definitionOf } from "../config/fields.ts";
import { type Form, type SchemaField, schemaFields } from "../config/schema-fields.ts";
import { code, generated, prose, table } from "./markdown.ts";

/** Every field of an environment, in tables made from the schema that checks it. */
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
      const about = [prose(description), isRequired ? "Required." : "May be left out."];
      return [`## ${code(name)}`, sentence(about), ...sections(inside)].join("\n\n");
    });
  return `${[generated, intro, "## The environment", rows(plain), ...parts].join("\n\n")}\n`;
}

const intro = `# The fields of an environment

\`environments.ts\` holds one object for each environment, from its name to these fields. Every value is
checked before anything is built, and the environments are checked against each other: an error names
environment, field, what it got and what is allowed. Contradictions between fields, such as an existing
cluster in a network that will be created, are refused in the same way.

A name has 1 to 20 lower-case letters, digits and hyphens. Names in AWS begin with it: the ECS service and
the Cloud Map service of Redis are \`<environment>-redis\`, the namespace \`<environment>-ecs\`.`;

function isLeaf({ path: [name] }: SchemaField, fields: readonly SchemaField[]): boolean {
  return fields.every(({ path }) => path[0] !== name || path.length === 1);
}

function sentence(parts: readonly string[]): string {
  return parts
    .filter((part) => part !== "")
    .map((part) => (part.endsWith(".") ? part : `${part}.`))
    .join(" ");
}

/** One table for the fields that every shape has, and one for each shape. */
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

/** The first required key names a shape; one without is the other. */
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
    ["field", "allowed", "if left out", "what it is"],
    fields.map((field) => [
      code(field.path.join(".").replaceAll(".[]", "[]")),
      prose(field.allowed),
      leftOut(field),
      prose(field.description),
    ]),
  );
}

function leftOut({ isRequired, default: value }: SchemaField): string {
  if (isRequired) return "refused";
  return value === undefined ? "none" : code(JSON.stringify(value));
}
