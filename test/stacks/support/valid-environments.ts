import * as fc from "fast-check";
import { z } from "zod";
import { ConfigError } from "../../../stacks/config/config-error.ts";
import { environmentSchema } from "../../../stacks/config/environment-schema.ts";
import { parseEnvironments } from "../../../stacks/config/parse-environments.ts";
import { type SchemaField, schemaFields } from "../../../stacks/config/schema-fields.ts";
import {
  existingParts,
  external,
  minimalEnvironment,
  protectedParts,
  withoutNat,
} from "./template.ts";
import { validValues } from "./valid-values.ts";

type Json = Readonly<Record<string, unknown>>;

/** Valid environments to start from. Together, they have all shapes of all parts. */
const bases: readonly Json[] = [
  minimalEnvironment,
  { ...minimalEnvironment, ...existingParts },
  { ...minimalEnvironment, ...withoutNat },
  { ...minimalEnvironment, ...protectedParts },
  { ...minimalEnvironment, app: { image: { ssmParameter: "/worker" }, loadBalancer: false } },
  {
    ...minimalEnvironment,
    state: { kind: "s3", bucket: "states" },
    alarms: { emails: ["a@example.com"] },
  },
  {
    ...minimalEnvironment,
    alarms: { topicArn: "arn:aws:sns:eu-west-1:123456789012:alarms" },
    backup: { retentionDays: 7 },
  },
  {
    ...minimalEnvironment,
    ...protectedParts,
    backup: { copy: { region: "eu-central-1" }, lock: {} },
    fileSystem: { replica: { region: "eu-central-1" } },
  },
  {
    ...minimalEnvironment,
    backup: { copy: { vaultArn: "arn:aws:backup:us-east-1:999999999999:backup-vault:copies" } },
  },
  { ...minimalEnvironment, ...external },
  {
    ...minimalEnvironment,
    services: { example: { image: { ssmParameter: "/search/image" }, port: 9200 } },
  },
  { ...minimalEnvironment, app: { ...minimalEnvironment.app, networkMode: "awsvpc" } },
  { ...minimalEnvironment, app: { ...minimalEnvironment.app, networkMode: "host", port: 8080 } },
  {
    ...minimalEnvironment,
    redis: {
      kind: "external",
      url: { ssmParameter: "/redis/url" },
      password: "arn:aws:secretsmanager:eu-west-1:123456789012:secret:redis-AbC123",
    },
  },
];

/** Required settings of a protected environment. */
const protection = {
  protected: true,
  state: { kind: "s3", bucket: "states" },
  "app.loadBalancer.plainHttp": true,
};

/** Fields that another field or its subfields require. */
const companions: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  "app.healthCheck": { "app.healthCheck.command": "true" },
  "cluster.dynamicPortRange.from": { "cluster.dynamicPortRange.to": 65_535 },
  "cluster.dynamicPortRange.to": { "cluster.dynamicPortRange.from": 1024 },
  "cluster.size": {
    "cluster.instanceType": "m99.large",
    "cluster.size.memory": 65_536,
    "cluster.size.vcpus": 16,
    "cluster.size.interfaces": 8,
  },
  "backup.lock.coolingOffDays": { "backup.lock.mode": "compliance", ...protection },
  "fileSystem.replica": { "fileSystem.replica.region": "eu-central-1", ...protection },
  "app.autoscaling": {
    "app.autoscaling.min": 1,
    "app.autoscaling.max": 8,
    "app.autoscaling.cpu": 60,
    "app.desiredCount": undefined,
  },
  "services.example": {
    "services.example.image": "example.com/search:1",
    "services.example.port": 9200,
  },
  "services.example.healthCheck": { "services.example.healthCheck.command": "true" },
  "services.example.records": { "services.example.networkMode": "awsvpc" },
  "tasks.example": { "tasks.example.command": ["true"] },
  "app.loadBalancer.hostedZoneId": { "app.loadBalancer.hostname": "app.example.com" },
};

/** All fields; for a record of objects, the fields of one entry. */
export const everyField: readonly SchemaField[] = schemaFields(environmentSchema).map((field) => ({
  ...field,
  path: named(field.path),
  forms: field.forms.map((form) => ({ ...form, path: named(form.path) })),
}));

function named(path: readonly string[]): string[] {
  return path.map((key) => (key === "<name>" ? "example" : key));
}

/** Fields with values. Not objects, whose fields are set individually, and not list items. */
export const settable = everyField.filter(
  (field) => !field.path.includes("[]") && validValues(field) !== undefined,
);

/** A valid environment: a base with a few changed fields. */
export function environments(maxChanges = 6): fc.Arbitrary<Json> {
  return fc
    .tuple(fc.constantFrom(...bases), fc.subarray([...settable], { maxLength: maxChanges }))
    .chain(([base, fields]) =>
      fc
        .tuple(...fields.map((field) => values(field)))
        .map((chosen) =>
          fields.reduce(
            (environment, field, index) =>
              withField(environment, field, chosen[index]) ?? environment,
            base,
          ),
        ),
    )
    .filter(validOnes("environment"));
}

/** Valid environments in which one field is set. @throws Error if no base takes it */
function environmentsWith(field: SchemaField): fc.Arbitrary<Json> {
  return fc
    .tuple(fc.constantFrom(...basesFor(field)), values(field))
    .map(([base, value]) => withField(base, field, value) ?? base)
    .filter(validOnes(field.path.join(".")));
}

/** A valid environment, and the fields that are set in it. */
export interface Combined {
  readonly environment: Json;
  readonly fields: readonly SchemaField[];
}

/**
 * Valid environments in which each of these fields is set once. An environment has several of them, but only one for
 * each part: a field of Redis does not affect the app, but could hide the effect of another field of Redis. A field
 * that replaces a whole part is alone, because `alarms: false` would hide the effect of other fields.
 */
export function combined(fields: readonly SchemaField[]): readonly Combined[] {
  const made: Combined[] = [];
  for (const field of fields) {
    const [alone = {}] = fc.sample(environmentsWith(field), { numRuns: 1, seed: 1 });
    const value = at(alone, field.path);
    const index = made.findIndex((each) => takes(each, field, value));
    const found = made[index];
    if (found === undefined) {
      made.push({ environment: alone, fields: [field] });
    } else {
      const environment = withField(found.environment, field, value) ?? alone;
      made[index] = { environment, fields: [...found.fields, field] };
    }
  }
  return made;
}

/** Whether a field of another part can also be set without changing the others. */
function takes({ environment, fields }: Combined, field: SchemaField, value: unknown): boolean {
  if ([field, ...fields].some(({ path }) => path.length === 1)) return false;
  if (fields.some(({ path: [part] }) => part === field.path[0])) return false;
  const together = withField(environment, field, value);
  return (
    together !== undefined &&
    fields.every(({ path }) => at(together, path) === at(environment, path)) &&
    refusalOf(together) === undefined
  );
}

/** The bases that have the shapes of a field. */
export function basesFor(field: SchemaField): readonly Json[] {
  const found = bases.filter((base) => hasForms(base, field));
  if (found.length === 0) throw new Error(`no base takes ${field.path.join(".")}`);
  return found;
}

function values(field: SchemaField): fc.Arbitrary<unknown> {
  const found = validValues(field);
  if (found === undefined) throw new Error(`${field.path.join(".")} has no values`);
  return found;
}

/** A copy with the field set; undefined if the environment does not have the field's shape. */
export function withField(environment: Json, field: SchemaField, value: unknown): Json | undefined {
  if (!hasForms(environment, field)) return undefined;
  const path = field.path.join(".");
  const needed = Object.entries(companions)
    .filter(([key]) => path === key || path.startsWith(`${key}.`))
    .flatMap(([, others]) => Object.entries(others))
    .filter(([key]) => at(environment, key.split(".")) === undefined);
  const prepared = needed.reduce(
    (base, [key, other]) => set(base, key.split("."), other),
    environment,
  );
  return set(prepared, field.path, value);
}

/** A copy with the value at a path; without the key if the value is undefined. */
export function set(target: Json, [key = "", ...rest]: readonly string[], value: unknown): Json {
  const next = rest.length === 0 ? value : set(inner(target, key), rest, value);
  const { [key]: _, ...others } = target;
  return next === undefined ? others : { ...target, [key]: next };
}

function inner(target: Json, key: string): Json {
  const found = target[key];
  return typeof found === "object" && found !== null ? (found as Json) : {};
}

function at(target: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((found, key) => Object(found)[key] as unknown, target);
}

function hasForms(environment: Json, { forms }: SchemaField): boolean {
  return forms.every(({ path, schema }) => {
    return z.safeParse(schema, at(environment, path) ?? {}).success;
  });
}

/** Passes valid environments. @throws Error after too many invalid ones: a test would search forever */
function validOnes(of: string): (environment: Json) => boolean {
  let refused = 0;
  return (environment) => {
    const cause = refusalOf(environment);
    refused = cause === undefined ? 0 : refused + 1;
    if (refused > 500) throw new Error(`no valid ${of}`, { cause });
    return cause === undefined;
  };
}

function refusalOf(environment: Json): ConfigError | undefined {
  try {
    parseEnvironments({ dev: environment });
    return undefined;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error;
  }
}
