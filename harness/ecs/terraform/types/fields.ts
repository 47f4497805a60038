import { z } from "zod";
import { HarnessError } from "../../base/errors.ts";

/** An argument that is accepted and has no effect locally. Each schema lists its own. */
export const noEffect = z.unknown().optional();

/** An argument of which only matters whether it is given. */
export const presence = z.unknown().optional();

/** Whether a {@link presence} is given: no block is an empty list. */
export const isGiven = (value: unknown): boolean =>
  [value ?? []].flat().some((each) => each !== "");

/** Whether an argument may be known or not, or be an expression that cannot be evaluated here. */
export const isOpaque = (field: unknown): boolean => field === noEffect || field === presence;

/** The error for a missing or wrong value. */
const expected = (what: string) => ({
  error: ({ input }: { input?: unknown }): string =>
    input === undefined ? `is required: ${what}` : `expected ${what}`,
});

/** A field that is not modelled. Empty values are allowed, because consoles and modules write them. */
export const empty = z
  .array(z.unknown())
  .refine(({ length }) => length === 0, "is not modelled by the local ECS")
  .optional();

/** Text. Like the provider it accepts numbers and booleans. */
export const text = z
  .union([z.string(), z.number(), z.boolean()], expected("text"))
  .transform(String);

/** `aws_ecs_cluster.arn`: a resource type and its attribute. */
type Referred = `${string}.${"arn" | "id" | "name"}`;

/** What is known about an argument, apart from its values: `schema.meta()`. */
export interface Marks {
  readonly refersTo?: readonly Referred[];
  readonly isComputed?: boolean;
  readonly isMetadata?: boolean;
}

/** An argument that refers to a resource. The expression decides between several types. */
export const refersTo = (...types: readonly Referred[]): typeof text =>
  text.meta({ refersTo: types } satisfies Marks);

/**
 * An argument that the provider computes if it is left out or null: `Optional` and `Computed` in its schemas.
 * References are not marked so: their targets are found.
 * https://github.com/hashicorp/terraform-provider-aws, the schemas of 5.100.0
 */
export const computed = <Schema extends z.ZodType>(schema: Schema): Schema =>
  schema.meta({ isComputed: true } satisfies Marks);

/** A field that only the metadata of tasks has. */
export const inMetadata = <Schema extends z.ZodType>(schema: Schema): Schema =>
  schema.meta({ isMetadata: true } satisfies Marks);

/** Text that matches a pattern, or that contains a value that only AWS knows. */
const nameOf = (pattern: RegExp, what: string): z.ZodType<string> =>
  text.pipe(z.string().regex(new RegExp(`${pattern.source}|⟨[^⟩]+⟩`), `expected ${what}`));

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html */
export const urlPath = nameOf(/^\/[!-~]{0,1023}$/, "/ and at most 1023 ASCII characters, no space");

/**
 * The name of a cluster, of a service or of a family of task definitions.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html
 */
export const ecsName = nameOf(/^[\w-]{1,255}$/, "1 to 255 letters, digits, _ and -");

/** A cluster by its name, ARN or reference. */
export const clusterReference = nameOf(
  /^(?:arn:.*:cluster\/)?[\w-]{1,255}$/,
  "the name or ARN of a cluster",
).meta({ refersTo: ["aws_ecs_cluster.arn"] } satisfies Marks);

/** One or more labels. */
const labels = (most: number): z.ZodType<string> =>
  nameOf(
    new RegExp(`^(?=.{1,${most}}$)\\w(?:[\\w-]{0,61}\\w)?(?:\\.\\w(?:[\\w-]{0,61}\\w)?)*$`),
    `labels of letters, digits, _ and -, at most ${most} characters`,
  );

/** https://docs.aws.amazon.com/cloud-map/latest/api/API_CreateService.html */
export const cloudMapService = labels(127);

/** https://docs.aws.amazon.com/cloud-map/latest/api/API_CreatePrivateDnsNamespace.html */
export const cloudMapNamespace = labels(253);

/** A number. Like the provider it accepts numeric text. */
const number = z.union(
  [
    z.number(),
    z
      .string()
      .regex(/^-?\d+(\.\d+)?$/)
      .transform(Number),
  ],
  expected("a number"),
);

/** A non-negative integer. */
export const count = number.pipe(z.int("expected a whole number").min(0, "expected 0 or more"));

/** A time in seconds. The provider accepts integers only. */
export const seconds = number.pipe(z.number().min(0, "expected 0 or more"));

/** A boolean. Like the provider it accepts "true" and "false". */
export const flag = z.union(
  [z.boolean(), z.enum(["true", "false"]).transform((value) => value === "true")],
  expected("true or false"),
);

/** A nested block that occurs at most once: an object, or a list of at most one. */
export const block = <Schema extends z.ZodType>(
  schema: Schema,
): z.ZodOptional<z.ZodPreprocess<z.ZodOptional<Schema>>> =>
  z
    .preprocess(
      (value) => (Array.isArray(value) && value.length <= 1 ? (value[0] as unknown) : value),
      schema.optional(),
    )
    .optional();

/** A repeatable nested block: a list, or a single object. */
export const blocks = <Schema extends z.ZodType>(
  schema: Schema,
): z.ZodPreprocess<z.ZodArray<Schema>> =>
  z.preprocess((value) => (value === undefined ? [] : [value].flat()), z.array(schema));

/** https://developer.hashicorp.com/terraform/language/meta-arguments/lifecycle */
export const lifecycle = block(
  z.strictObject({
    prevent_destroy: flag.default(false),
    create_before_destroy: flag.default(false),
    ignore_changes: z.union([z.array(z.string()), z.literal("all")]).default([]),
    replace_triggered_by: z.array(z.string()).default([]),
    precondition: noEffect,
    postcondition: noEffect,
  }),
);

export type Lifecycle = Omit<
  NonNullable<z.infer<typeof lifecycle>>,
  "precondition" | "postcondition"
>;

/** Meta-arguments of every resource, without `count`, `for_each` and provisioners. */
const meta = {
  depends_on: z.array(z.string()).default([]),
  lifecycle,
  provider: z.literal("aws", "the local ECS models the first aws provider only").optional(),
  region: text.optional(),
  tags: noEffect,
  tags_all: noEffect,
  timeouts: noEffect,
};

/** A resource's arguments: modelled ones, those without effect, and meta-arguments. */
export const resource = <Shape extends z.ZodRawShape>(
  shape: Shape,
): z.ZodObject<Shape & typeof meta, z.core.$strict> => z.strictObject({ ...meta, ...shape });

/**
 * Checks resolved arguments against a schema.
 * @throws HarnessError ERR_UNSUPPORTED for an argument that is not modelled, ERR_TEMPLATE for a wrong value
 */
export function parse<Schema extends z.ZodType>(
  address: string,
  schema: Schema,
  value: unknown,
): z.infer<Schema> {
  const parsed = schema.safeParse(withoutNulls(value));
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => problemOf(address, issue, value));
  const unsupported = parsed.error.issues.some(
    ({ code }) => code === "unrecognized_keys" || code === "invalid_value" || code === "custom",
  );
  throw new HarnessError(unsupported ? "ERR_UNSUPPORTED" : "ERR_TEMPLATE", problems.join("; "));
}

/** For Terraform and the API null means left out, except as an item of a list. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== "object" || value === null) return value;
  const given = Object.entries(value).filter(([, item]) => item !== null);
  return Object.fromEntries(given.map(([key, item]) => [key, withoutNulls(item)]));
}

/** The name of the item in a list, such as a container, that a path leads into: users do not count. */
function nameIn(value: unknown, [step, next, ...rest]: readonly PropertyKey[]): string {
  if (step === undefined || typeof value !== "object" || value === null) return "";
  const item: unknown = Reflect.get(value, step);
  const name: unknown =
    Array.isArray(value) && Object(item) === item ? Reflect.get(Object(item), "name") : undefined;
  if (typeof name === "string" && next !== "name") return ` ("${name}")`;
  return next === undefined ? "" : nameIn(item, [next, ...rest]);
}

/** Maximum number of unknown arguments of a block that an error lists, to keep it readable. */
const MOST_NAMED = 20;

function problemOf(address: string, issue: z.core.$ZodIssue, value: unknown): string {
  const path = `${[address, ...issue.path].join(".")}${nameIn(value, issue.path)}`;
  if (issue.code !== "unrecognized_keys") return `${path}: ${issue.message}`;
  const named = issue.keys
    .slice(0, MOST_NAMED)
    .map((key) => `${path}.${key} is not modelled by the local ECS`);
  const more = issue.keys.length - named.length;
  return [...named, ...(more > 0 ? [`and ${more} more of ${path}`] : [])].join("; ");
}
