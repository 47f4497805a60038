import type { Environment } from "../config/environment-schema.ts";
import { at, type Resource, type Template } from "./template.ts";

/** What of an environment's configuration a rule may look at, beside its template. */
export type Subject = Pick<Environment, "name" | "account" | "region" | "protected">;

/** A place in a template where a rule does not hold. */
export interface Finding {
  /** Address of the resource, or the top-level block, for example `terraform`. */
  readonly address: string;
  /** Dotted path inside it. */
  readonly field: string;
  /** What was found there. */
  readonly got: unknown;
}

/**
 * Something that AWS, Terraform or Redis wants, and that a team who edits the stacks could break.
 * What is not in the template, because it exists already, is not judged.
 */
export interface Rule {
  readonly id: string;
  /** What holds, as a sentence. */
  readonly title: string;
  /** Where it is documented or was found: a page or an issue. */
  readonly source: string;
  /** What to write instead. */
  readonly remedy: string;
  readonly check: (template: Template, subject: Subject) => Iterable<Finding>;
}

export function finding(
  { address, body }: Resource,
  field: string,
  got = at(body, field),
): Finding {
  return { address, field, got };
}

/** A check of one field of every resource of a type. */
export function fieldOf(
  type: string,
  field: string,
  holds: (value: unknown, subject: Subject, resource: Resource) => boolean,
): Rule["check"] {
  return (template, subject) =>
    template
      .all(type)
      .filter((resource) => !holds(at(resource.body, field), subject, resource))
      .map((resource) => finding(resource, field));
}

/** A check that what holds data is destroyed with it, except in a protected environment. */
export function forcedUnlessProtected(type: string): Rule["check"] {
  return fieldOf(
    type,
    "force_destroy",
    (force, subject) => (force === true) === !subject.protected,
  );
}
