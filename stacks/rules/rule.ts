import type { Environment } from "../config/environment-schema.ts";
import { at, type Resource, type Template } from "./template.ts";

/** The configuration values that a rule may use in addition to the template. */
export type Subject = Pick<Environment, "name" | "account" | "region" | "protected">;

/** A place in a template where a rule is broken. */
export interface Finding {
  /** Address of the resource, or the top-level block, for example `terraform`. */
  readonly address: string;
  /** Dotted path inside the resource. */
  readonly field: string;
  /** The value found. */
  readonly got: unknown;
}

/**
 * A requirement of AWS, Terraform or Redis that a change of the stacks could break. Existing resources
 * are not in the template, so they are not checked.
 */
export interface Rule {
  readonly id: string;
  /** The requirement as a sentence. */
  readonly title: string;
  /** Page or issue that documents it. */
  readonly source: string;
  /** How to fix it. */
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

/** Checks one field of all resources of a type. */
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

/** Checks that resources can be destroyed with their content, except in a protected environment. */
export function forcedUnlessProtected(type: string): Rule["check"] {
  return fieldOf(
    type,
    "force_destroy",
    (force, subject) => (force === true) === !subject.protected,
  );
}
