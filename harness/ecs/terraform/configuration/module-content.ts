import { z } from "zod";
import { HarnessError } from "../../base/errors.ts";
import { flag } from "../types/fields.ts";

// The content of a module's files. A block may be in a list of one, as in JSON that was converted from HCL.

const record = z.record(z.string(), z.unknown());
const single = <Schema extends z.ZodType>(schema: Schema): z.ZodPreprocess<Schema> =>
  z.preprocess((value) => (Array.isArray(value) && value.length === 1 ? value[0] : value), schema);
const many = <Schema extends z.ZodType>(schema: Schema): z.ZodPreprocess<z.ZodArray<Schema>> =>
  z.preprocess((value) => (value === undefined ? [] : [value].flat()), z.array(schema));
const named = <Schema extends z.ZodType>(schema: Schema) => z.record(z.string(), single(schema));
const blocksByType = z.record(z.string(), named(record)).optional();

const removal = z.looseObject({ destroy: flag.default(true) });

/**
 * Blocks that were removed from the template. With `destroy = false` only the state loses the resource. Data
 * can stay, but a service would continue without its template.
 * https://developer.hashicorp.com/terraform/language/block/removed
 */
const removed = z
  .strictObject({
    from: z.string(),
    lifecycle: z.union([removal, z.tuple([removal]).transform(([only]) => only)]).optional(),
  })
  .refine(
    ({ from, lifecycle }) => lifecycle?.destroy !== false || !from.startsWith("aws_ecs_service."),
    { path: ["from"], error: "a service that continues to run is not modelled by the local ECS" },
  );

/** https://developer.hashicorp.com/terraform/language/block/variable */
const variable = z.looseObject({
  type: z.string().optional(),
  default: z.unknown().optional(),
  nullable: flag.default(true),
  validation: many(z.looseObject({ condition: z.unknown(), error_message: z.string() })),
});

/** https://developer.hashicorp.com/terraform/language/block/module */
const call = z.looseObject({
  source: z.string(),
  depends_on: z.array(z.string()).default([]),
  count: z.never("a module with a count is not modelled by the local ECS").optional(),
  for_each: z.never("a module with for_each is not modelled by the local ECS").optional(),
  providers: z.never("the local ECS models the first aws provider only").optional(),
});

/** The allowed content of a module. Everything else is refused by name. */
const content = z.strictObject({
  "//": z.unknown().optional(),
  terraform: z.unknown().optional(),
  provider: z.record(z.string(), z.union([record, z.array(record)])).optional(),
  resource: blocksByType,
  data: blocksByType,
  ephemeral: blocksByType,
  locals: many(record),
  variable: named(variable).default({}),
  module: named(call).default({}),
  output: named(z.looseObject({ value: z.unknown() })).default({}),
  removed: many(removed),
  // A run starts without a state, so nothing can be imported or moved.
  import: z.unknown().optional(),
  moved: many(z.strictObject({ from: z.string(), to: z.string() })),
});

export type ModuleContent = z.infer<typeof content>;
export type Variable = z.infer<typeof variable>;
export type ModuleCall = z.infer<typeof call>;

/**
 * Checks the content of a module's file.
 * @param name of the file, for the error
 * @throws HarnessError ERR_TEMPLATE with the keys that a module cannot have
 */
export function checkContent(name: string, value: unknown): ModuleContent {
  const parsed = content.safeParse(value);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(
    (issue) => `${issue.path.join(".") || "top level"}: ${issue.message}`,
  );
  const message = `${name} is not a Terraform root module: ${issues.join("; ")}`;
  throw new HarnessError("ERR_TEMPLATE", message);
}
