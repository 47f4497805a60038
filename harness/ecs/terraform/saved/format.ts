import { readFile } from "node:fs/promises";
import { z } from "zod";
import { HarnessError } from "../../base/errors.ts";
import { messageOf } from "../../base/message-of.ts";

// The parts of the output of `terraform show -json` and `tofu show -json` that are read.
// https://developer.hashicorp.com/terraform/internals/json-format

const values = z.record(z.string(), z.unknown());
const index = z.union([z.string(), z.number()]).optional();
const identity = {
  address: z.string(),
  mode: z.enum(["managed", "data"]),
  type: z.string(),
  name: z.string(),
  index,
};

const stateResource = z.looseObject({
  ...identity,
  values: values.default({}),
  sensitive_values: z.unknown().optional(),
  depends_on: z.array(z.string()).default([]),
  // Set for an object that will be destroyed after its replacement was created.
  deposed_key: z.string().optional(),
});

const stateModule = z.looseObject({
  resources: z.array(stateResource).default([]),
  get child_modules() {
    return z.array(stateModule).default([]);
  },
});

const stateValues = z.looseObject({ root_module: stateModule.optional() });

const resourceChange = z.looseObject({
  ...identity,
  deposed: z.string().optional(),
  change: z.looseObject({
    actions: z.array(z.string()),
    before: values.nullish(),
    after: values.nullish(),
    after_unknown: z.unknown().optional(),
    after_sensitive: z.unknown().optional(),
  }),
});

/** OpenTofu 1.11 also lists ephemeral resources, which are not in a state. */
const resourceChanges = z.preprocess(
  (changes) => (Array.isArray(changes) ? changes.filter((each) => !isEphemeral(each)) : changes),
  z.array(resourceChange).default([]),
);

const isEphemeral = (change: unknown): boolean =>
  typeof change === "object" && change !== null && Reflect.get(change, "mode") === "ephemeral";

const configuredResource = z.looseObject({
  address: z.string(),
  expressions: values.default({}),
  for_each_expression: z.unknown().optional(),
  depends_on: z.array(z.string()).default([]),
  provider_config_key: z.string().optional(),
});

const configuredModule = z.looseObject({
  resources: z.array(configuredResource).default([]),
  outputs: z.record(z.string(), z.looseObject({ expression: z.unknown().optional() })).default({}),
  variables: z.record(z.string(), z.looseObject({ default: z.unknown().optional() })).default({}),
  get module_calls() {
    return z.record(z.string(), moduleCall).default({});
  },
});

const moduleCall = z.looseObject({
  expressions: values.default({}),
  for_each_expression: z.unknown().optional(),
  depends_on: z.array(z.string()).default([]),
  get module() {
    return configuredModule;
  },
});

const saved = z.looseObject({
  format_version: z.string(),
  errored: z.boolean().default(false),
  variables: z.record(z.string(), z.looseObject({ value: z.unknown().optional() })).default({}),
  resource_changes: resourceChanges,
  prior_state: z.looseObject({ values: stateValues.optional() }).optional(),
  // Only in a state.
  values: stateValues.optional(),
  planned_values: z.unknown().optional(),
  configuration: z
    .looseObject({
      provider_config: z.record(z.string(), z.unknown()).default({}),
      root_module: configuredModule,
    })
    .optional(),
});

/** A saved plan or state. */
export type Saved = z.infer<typeof saved>;
export type StateModule = z.infer<typeof stateModule>;
export type ResourceChange = z.infer<typeof resourceChange>;
export type ConfiguredModule = z.infer<typeof configuredModule>;
export type ConfiguredResource = z.infer<typeof configuredResource>;
export type ModuleCall = z.infer<typeof moduleCall>;

const SHOW = "`terraform show -json FILE > plan.json` (or `tofu show -json`)";

/**
 * Reads a plan or a state.
 * @throws HarnessError ERR_TEMPLATE with the command to run if it is neither
 */
export async function readSaved(file: string): Promise<Saved> {
  const bytes = await readFile(file).catch((error: unknown) => {
    throw refused(`cannot read ${file}: ${messageOf(error)}`, error);
  });
  // `terraform plan -out` writes a zip archive.
  if (bytes.subarray(0, 4).equals(Buffer.from("PK\u0003\u0004"))) {
    throw refused(`${file} is a plan in Terraform's binary format: run ${SHOW} first`);
  }
  return checkSaved(file, parsed(file, textOf(bytes)));
}

/** PowerShell's `>` writes UTF-16, and other Windows programs a byte order mark before UTF-8. */
function textOf(bytes: Buffer): string {
  const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
  return bytes.toString(isUtf16 ? "utf16le" : "utf8").replace(/^\uFEFF/, "");
}

function parsed(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // `terraform plan -json` writes one line for each event.
    const isLog = text.startsWith('{"@level":');
    const what = isLog
      ? "is the log of `terraform plan -json`"
      : `is not JSON: ${messageOf(error)}`;
    throw refused(`${file} ${what}; write it with ${SHOW}`, error);
  }
}

/** {@link readSaved} for parsed content. @param name of the file, for the error */
export function checkSaved(name: string, content: unknown): Saved {
  if (typeof content !== "object" || content === null || Array.isArray(content)) {
    throw refused(`${name} is neither a plan nor a state: write it with ${SHOW}`);
  }
  if (Reflect.get(content, "format_version") === undefined) {
    const isState = Reflect.has(content, "lineage") || Reflect.has(content, "serial");
    const what = isState ? "is a raw Terraform state" : "is neither a plan nor a state";
    throw refused(`${name} ${what}: write it with ${SHOW}`);
  }
  const version = String(Reflect.get(content, "format_version"));
  if (!/^[01]\./.test(version)) {
    throw refused(`${name}: format_version ${version} is not supported; supported: 1.x`);
  }
  const result = saved.safeParse(content);
  if (!result.success) {
    const issues = result.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
    throw refused(`${name} is not the output of ${SHOW}: ${issues.slice(0, 3).join("; ")}`);
  }
  const { data } = result;
  if (data.errored) {
    throw refused(`${name}: Terraform could not finish this plan (errored): plan again`);
  }
  if (data.values === undefined && data.planned_values === undefined) {
    throw refused(`${name} has neither planned_values nor values: write it with ${SHOW}`);
  }
  return data;
}

const refused = (message: string, cause?: unknown): HarnessError =>
  new HarnessError("ERR_TEMPLATE", message, { cause });
