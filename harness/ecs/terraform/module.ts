import { readFile } from "node:fs/promises";
import { z } from "zod";
import { HarnessError, messageOf } from "../base/errors.ts";
import { flag } from "./fields.ts";

/** A block of the template: its address, its type and its arguments, unresolved. */
export interface Block {
  /** `aws_ecs_service.redis`, with `data.` or `ephemeral.` before it for these kinds. */
  readonly address: string;
  readonly kind: "resource" | "data" | "ephemeral";
  readonly type: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

/** A synthesized root module. */
export interface Module {
  readonly blocks: ReadonlyMap<string, Block>;
  readonly locals: Readonly<Record<string, unknown>>;
  readonly variables: Readonly<Record<string, { readonly default?: unknown }>>;
  /** Arguments of the first `provider "aws"` block. */
  readonly provider: Readonly<Record<string, unknown>>;
}

const record = z.record(z.string(), z.unknown());
const blocksByType = z.record(z.string(), z.record(z.string(), record)).optional();

const removal = z.looseObject({ destroy: flag.default(true) });

/**
 * Blocks that were removed from the template. With `destroy = false` the state only forgets them: data
 * can stay, but a service would run on without its template.
 * https://developer.hashicorp.com/terraform/language/block/removed
 */
const removed = z
  .strictObject({
    from: z.string(),
    lifecycle: z.union([removal, z.tuple([removal]).transform(([only]) => only)]).optional(),
  })
  .refine(
    ({ from, lifecycle }) => lifecycle?.destroy !== false || !from.startsWith("aws_ecs_service."),
    { path: ["from"], error: "a service that should run on is not modelled by the local ECS" },
  );

/** All that a root module in JSON may hold; anything else is refused by name. */
const rootModule = z.strictObject({
  "//": z.unknown().optional(),
  terraform: z.unknown().optional(),
  provider: z.record(z.string(), z.union([record, z.array(record)])).optional(),
  resource: blocksByType,
  data: blocksByType,
  ephemeral: blocksByType,
  locals: record.optional(),
  variable: z.record(z.string(), z.object({ default: z.unknown().optional() })).optional(),
  output: z.unknown().optional(),
  removed: z
    .preprocess((given) => (given === undefined ? [] : [given].flat()), z.array(removed))
    .optional(),
});

/**
 * Reads a root module from a `cdk.tf.json` file or its parsed content.
 * @throws HarnessError ERR_TEMPLATE when it cannot be read, is half written, or is no root module
 */
export async function readModule(source: string | object): Promise<Module> {
  const name = typeof source === "string" ? source : "the template";
  const content = typeof source === "string" ? await readJson(source) : source;
  const parsed = rootModule.safeParse(content);
  if (!parsed.success) throw new HarnessError("ERR_TEMPLATE", problemsOf(name, parsed.error));
  const { resource, data, ephemeral, locals = {}, variable = {}, provider = {} } = parsed.data;
  const blocks = new Map<string, Block>();
  const all = [
    ...declared("resource", resource),
    ...declared("data", data),
    ...declared("ephemeral", ephemeral),
  ];
  for (const block of all) blocks.set(block.address, block);
  if (blocks.size === 0) throw new HarnessError("ERR_TEMPLATE", `${name} declares no resource`);
  const aws = [provider["aws"] ?? []].flat()[0] ?? {};
  return { blocks, locals, variables: variable, provider: aws };
}

async function readJson(path: string): Promise<unknown> {
  const text = await readFile(path, "utf8").catch((error: unknown) => {
    const hint = "write it with `npm run synth`";
    throw new HarnessError("ERR_TEMPLATE", `cannot read ${path}: ${messageOf(error)}; ${hint}`, {
      cause: error,
    });
  });
  try {
    return JSON.parse(text);
  } catch (error) {
    const message = `${path} is not JSON, or half written: ${messageOf(error)}`;
    throw new HarnessError("ERR_TEMPLATE", message, { cause: error });
  }
}

function problemsOf(name: string, error: z.ZodError): string {
  const issues = error.issues.map(
    (issue) => `${issue.path.join(".") || "top level"}: ${issue.message}`,
  );
  return `${name} is not a Terraform root module: ${issues.join("; ")}`;
}

function* declared(kind: Block["kind"], byType: z.infer<typeof blocksByType>): Generator<Block> {
  for (const [type, named] of Object.entries(byType ?? {})) {
    for (const [name, body] of Object.entries(named)) {
      // "//" is CDKTF's own metadata.
      const { "//": _metadata, ...rest } = body;
      const prefix = kind === "resource" ? "" : `${kind}.`;
      yield { address: `${prefix}${type}.${name}`, kind, type, arguments: rest };
    }
  }
}
