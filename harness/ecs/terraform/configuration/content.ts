import { z } from "zod";
import { HarnessError } from "../../base/errors.ts";
import { flag } from "../types/fields.ts";

// The content of a module's file. Blocks may be in lists, as in JSON that was converted from HCL.

const record = z.record(z.string(), z.unknown());
const one = <Schema extends z.ZodType>(schema: Schema): z.ZodPreprocess<Schema> =>
  z.preprocess((value) => (Array.isArray(value) && value.length === 1 ? value[0] : value), schema);
const many = <Schema extends z.ZodType>(schema: Schema): z.ZodPreprocess<z.ZodArray<Schema>> =>
  z.preprocess((value) => [value ?? []].flat(), z.array(schema));
/** Blocks by their label. */
const labelled = <Schema extends z.ZodType>(schema: Schema) => many(z.record(z.string(), schema));
const named = <Schema extends z.ZodType>(schema: Schema) => labelled(one(schema));
const byType = labelled(named(record));

/** JSON that was converted from HCL has `${...}` around a plain address. */
export const plainAddress = (text: string): string =>
  text.replace(/^\$\{([\w.-]+(?:\[[^\]]*\][\w.-]*)*)\}$/, "$1");
const address = z.string().transform(plainAddress);

/** https://developer.hashicorp.com/terraform/language/block/variable */
const variable = z.looseObject({
  type: z.string().optional(),
  default: z.unknown().optional(),
  nullable: flag.optional(),
  validation: many(z.looseObject({ condition: z.unknown(), error_message: z.string() })).optional(),
});

/** https://developer.hashicorp.com/terraform/language/block/module */
const call = z.looseObject({
  source: z.string(),
  depends_on: z.array(address).optional(),
});

/** https://developer.hashicorp.com/terraform/language/block/removed */
const removed = z.looseObject({ from: address, lifecycle: z.unknown().optional() });

const content = z.looseObject({
  provider: labelled(many(record)),
  resource: byType,
  data: byType,
  ephemeral: byType,
  locals: many(record),
  variable: named(variable),
  module: named(call),
  output: named(z.looseObject({ value: z.unknown() })),
  removed: many(removed),
  moved: many(z.looseObject({ from: address, to: address })),
});

export type Content = z.infer<typeof content>;
export type Variable = z.infer<typeof variable>;
export type ModuleCall = z.infer<typeof call>;
export type Output = z.infer<typeof content>["output"][number][string];

/**
 * Checks the content of a module's file.
 * @param name of the file, for the error
 * @throws HarnessError ERR_TEMPLATE with the blocks that are wrong
 */
export function checkContent(name: string, value: unknown): Content {
  const parsed = content.safeParse(value);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(
    ({ path, message }) => `${inFile(value, path) || "top level"}: ${message}`,
  );
  const message = `${name} is not a Terraform module: ${issues.join("; ")}`;
  throw new HarnessError("ERR_TEMPLATE", message);
}

/** A path as it is in the file, where a single block needs no list. */
function inFile(file: unknown, path: readonly PropertyKey[]): string {
  let level = file;
  const steps = path.filter((step) => {
    if (step === 0 && !Array.isArray(level)) return false;
    level = Reflect.get(Object(level), step);
    return true;
  });
  return steps.join(".");
}

/** The blocks of a file that have an effect or none. `import` has none, because a run starts without a state. */
const KNOWN = new Set(["//", "terraform", "import", ...Object.keys(content.shape)]);

/** What Terraform accepts in a file, and the local ECS does not. */
export function unsupportedIn(file: Content): string[] {
  const others = Object.keys(file).filter((name) => !KNOWN.has(name));
  const calls = file.module.flatMap((each) => Object.entries(each));
  return [
    ...others.map((name) => `${name}: not modelled by the local ECS`),
    ...calls
      .filter(([, { providers }]) => providers !== undefined)
      .map(
        ([name]) => `module.${name}.providers: the local ECS models the first aws provider only`,
      ),
    ...file.removed.flatMap((block, index) =>
      keepsService(block) ? [`removed.${index}.from: ${CONTINUES}`] : [],
    ),
  ];
}

const CONTINUES = "a service that continues to run is not modelled by the local ECS";

/**
 * With `destroy = false` only the state loses the resource. Data can stay, but a service would continue without its
 * template.
 */
function keepsService({ from, lifecycle }: z.infer<typeof removed>): boolean {
  const [only] = [lifecycle].flat();
  const isKept = String(Reflect.get(Object(only), "destroy")) === "false";
  return isKept && from.startsWith("aws_ecs_service.");
}
