// Generated from the schema, so that no field is missed: each must refuse invalid values.

import { describe, expect, it } from "vitest";
import type { z } from "zod";
import { ConfigError, type ConfigProblem } from "../../../stacks/config/config-error.ts";
import { parseEnvironments } from "../../../stacks/config/parse-environments.ts";
import { definitionOf } from "../../../stacks/config/fields.ts";
import type { SchemaField } from "../../../stacks/config/schema-fields.ts";
import { minimalEnvironment } from "../support/template.ts";
import { basesFor, everyField, set, withField } from "../support/valid-environments.ts";
import { rangeOf } from "../support/valid-values.ts";

const fields = everyField.filter(({ path }) => !path.includes("[]"));
const named = (list: readonly SchemaField[]) =>
  list.map((field) => [nameOf(field), field] as const);

function nameOf({ path, forms }: SchemaField): string {
  const { index } = forms.at(-1) ?? { index: 0 };
  return `${path.join(".")}${forms.length === 0 ? "" : ` (shape ${index + 1})`}`;
}

function typeOf({ schema }: SchemaField): string {
  return definitionOf(schema).type;
}

/** The problems of an environment in which the field has `value`; undefined removes the field. */
function problems(field: SchemaField, value: unknown): readonly ConfigProblem[] {
  const [base] = basesFor(field);
  const environment = base && withField(base, field, value);
  try {
    parseEnvironments({ dev: environment });
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

function expectRefused(field: SchemaField, value: unknown): void {
  const name = field.path.join(".");
  const found = problems(field, value).filter(
    (problem) => problem.field === name || problem.field.startsWith(`${name}.`),
  );
  expect(found, `${name} = ${JSON.stringify(value)}`).not.toEqual([]);
  for (const { environment, message } of found) {
    expect(environment).toBe("dev");
    expect(message).toMatch(/allowed: \S/);
  }
}

describe("a field of the wrong type", () => {
  it.each(named(fields))("is refused with its name: %s", (_, field) => {
    // No field allows any of these.
    for (const wrong of [null, Number.NaN, [[]], { wrong: true }]) expectRefused(field, wrong);
  });
});

describe("a required field", () => {
  it.each(named(fields.filter(({ isRequired }) => isRequired)))(
    "is refused if it is missing: %s",
    (_, field) => {
      const found = problems(field, undefined);
      // Without the key of a shape, the other shape is chosen, and the error names its missing fields.
      const [part] = field.path;
      expect(found.filter((problem) => problem.field.split(".")[0] === part)).not.toEqual([]);
    },
  );
});

describe("a number out of its range", () => {
  const numbers = fields.filter((field) => typeOf(field) === "number");

  it.each(named(numbers))("is refused: %s", (_, field) => {
    const { min, max } = rangeOf(field.schema as z.ZodNumber);
    for (const wrong of [min - 1, max + 1, min + 0.5, "7"]) expectRefused(field, wrong);
  });
});

describe("an unknown choice", () => {
  const choices = fields.filter((field) => typeOf(field) === "literal");

  it.each(named(choices))("is refused: %s", (_, field) => expectRefused(field, "no such choice"));
});

describe("a text with a Terraform template", () => {
  const texts = fields.filter((field) => typeOf(field) === "string");

  it.each(named(texts))("is refused: %s", (_, field) => {
    for (const wrong of ["${aws_vpc.other.id}", "%{ if true }", ""]) expectRefused(field, wrong);
  });
});

describe("an unknown field", () => {
  const objects = fields.filter((field) => typeOf(field) === "object");

  it("with a name that every object has gets the same message", () => {
    expect(() => parseEnvironments({ dev: { ...minimalEnvironment, toString: 1 } })).toThrow(
      /dev\.toString: unknown; allowed: fields [\w, ]+$/m,
    );
  });

  it.each(named(objects))("is refused inside %s", (_, field) => {
    const [base = {}] = basesFor(field);
    const path = [...field.path, "unheardOf"];
    expect(() => parseEnvironments({ dev: set(base, path, 1) })).toThrow(
      new RegExp(`dev\\.${path.join("\\.")}: unknown; allowed: fields `),
    );
  });
});
