import { z } from "zod";
import { sizeFields, stopTimeout } from "../config/container-schema.ts";
import { parsed } from "../rules/template.ts";

// AWS reads the keys of container definitions without regard to case. So an entry with other keys is refused: it
// could have a second name or value.
const entries = z
  .array(z.strictObject({ name: z.string(), value: z.string().nullish() }))
  .nullish()
  .transform((list) => list ?? []);

const secrets = z
  .array(z.strictObject({ name: z.string(), valueFrom: z.string() }))
  .nullish()
  .transform((list) => list ?? []);

const containersSchema = z.array(
  z.looseObject({ name: z.string(), environment: entries, secrets }),
);

type Container = z.output<typeof containersSchema>[number];

/** Why an app's containers may not become others: their names, and where their secrets are. */
export function* containerReasons(before: unknown, after: unknown): Generator<string> {
  const was = containersSchema.safeParse(parsed(before));
  const becomes = containersSchema.safeParse(parsed(after));
  if (!was.success || !becomes.success) {
    return yield "container_definitions is not a list of containers with names, variables and secrets";
  }
  const names = namesOf(becomes.data);
  if (names.join() !== namesOf(was.data).join()) {
    return yield `a release does not change the names of containers: ${names.join(", ")}`;
  }
  const readable = new Set(was.data.flatMap((each) => each.secrets.map(secretOf)));
  for (const container of becomes.data) {
    yield* limitReasons(container);
    const old = was.data.find(({ name }) => name === container.name);
    yield* secretReasons(old, container, readable);
    for (const key of Object.keys(container).filter((each) => !/^[a-z][A-Za-z]*$/.test(each))) {
      yield `container_definitions.${container.name}.${key} is not a field of a container`;
    }
  }
}

/** Numbers that a release may change, with the limits of an environment. */
const LIMITS = { cpu: sizeFields.cpu, stopTimeout };

function* limitReasons(container: Container): Generator<string> {
  for (const [field, schema] of Object.entries(LIMITS)) {
    const { error } = schema.safeParse(container[field] ?? undefined);
    if (error)
      yield `container_definitions.${container.name}.${field} is not within the limits of an environment`;
  }
}

const namesOf = (containers: readonly Container[]): string[] =>
  containers.map(({ name }) => name).toSorted();

/** @param readable the secrets that the task already has */
function* secretReasons(
  old: Container | undefined,
  { name: container, environment, secrets: list }: Container,
  readable: ReadonlySet<string>,
): Generator<string> {
  const where = `container_definitions.${container}`;
  const known = new Map(old?.secrets.map((secret) => [secret.name, secretOf(secret)]));
  for (const { name } of environment) {
    if (known.has(name)) yield `${where}.environment.${name} takes the place of a secret`;
  }
  for (const secret of list) {
    const own = secretOf(secret);
    if (own === known.get(secret.name)) continue;
    if (known.has(secret.name) || !readable.has(own)) {
      yield `${where}.secrets.${secret.name} is another secret, or one that the task does not have yet`;
    }
  }
}

/** The secret without the key, stage and version: `arn:aws:secretsmanager:<region>:<account>:secret:<name>`. */
function secretOf({ valueFrom }: { readonly valueFrom: string }): string {
  return valueFrom.includes(":secretsmanager:")
    ? valueFrom.split(":").slice(0, 7).join(":")
    : valueFrom;
}
