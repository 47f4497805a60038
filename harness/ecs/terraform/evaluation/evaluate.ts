import { realpath } from "node:fs/promises";
import path from "node:path";
import { HarnessError } from "../../base/errors.ts";
import { isModelled, withoutAlias } from "../types/index.ts";
import {
  anyText,
  computedText,
  defaultOf,
  foundValues,
  NO_HOST,
  plannedValues,
} from "./computed-values.ts";
import { DRAWN, textsIn, withoutDrawn } from "./drawn-values.ts";
import { givenValues } from "./given-values.ts";
import { documentOverrides, withDocuments } from "./policy-documents.ts";
import { resourcesIn, type StateModule } from "./state-module.ts";
import { TerraformProgram, type TestPlan } from "./terraform-program.ts";
import { plainAddress } from "../configuration/content.ts";
import type { Body } from "../configuration/written-module.ts";
import { withoutKeys } from "../expression/address.ts";
import { type Override, testFile } from "./test-file.ts";
import { readWritten, type WrittenFolder } from "./written-folder.ts";

export interface EvaluationOptions {
  /** `-var NAME=TEXT` and `-var-file FILE`, as Terraform takes them. @default none */
  readonly variables?: readonly string[];
  /** In place of values that only AWS knows, by `address.attribute`; JSON, or a text. @default {} */
  readonly values?: Readonly<Record<string, string>>;
  /** Whether a folder may have provisioners: Terraform runs them. @default false */
  readonly allowsProvisioners?: boolean;
  readonly signal?: AbortSignal;
}

/** A folder's values. */
export interface Evaluated {
  /** As `terraform show -json` writes a state. */
  readonly state: object;
  /** By the address of an instance. */
  readonly lifecycles: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** The hosts that only AWS knows, which no DNS server has, by `address.attribute`. */
  readonly hosts: Readonly<Record<string, string>>;
}

/**
 * Evaluates a folder of Terraform, with Terraform itself and mocked providers: no plan, no credentials and no account. Nothing is
 * created, and what is known to run something of the folder is refused. It is no sandbox for the folder of somebody else.
 * @throws HarnessError ERR_TEMPLATE with Terraform's own words, file and line; ERR_PLATFORM without Terraform 1.11
 */
export async function evaluate(
  folder: string,
  { variables = [], values = {}, allowsProvisioners = false, signal }: EvaluationOptions = {},
): Promise<Evaluated> {
  const at = await realpath(folder).catch(() => path.resolve(folder));
  const written = await readWritten(at);
  const targets = targetsIn(written);
  if (targets.length === 0) {
    throw new HarnessError("ERR_TEMPLATE", `${folder} has no aws_ecs_service: nothing to run`);
  }
  const region = regionOf(written, variables);
  checkProvisioners(written, allowsProvisioners);
  const given = givenValues(written, values);
  const found = foundIn(written, region);
  await using terraform = await TerraformProgram.in(at, written.folders);
  const test = (command: "plan" | "apply", overrides: readonly Override[]) =>
    terraform.test(
      testFile(written, { command, targets, overrides, found, planned: plannedValues(region) }),
      variables,
      signal,
    );
  const { plan, problems } = await test("plan", given);
  if (plan === undefined) throw refused(folder, problems);
  checkWritten(folder, written, plan);
  const overrides = overridesFor(plan, [...documentOverrides(written, plan), ...given], region);
  const { root, problems: later } = await test("apply", overrides);
  if (root === undefined) throw refused(folder, later);
  return {
    state: {
      format_version: "1.0",
      values: {
        root_module: withDocuments(
          settled(withoutInvented(root, plan, written, overrides), written),
        ),
      },
    },
    lifecycles: lifecyclesIn(plan, written),
    hosts: hostsIn(overrides),
  };
}

/** The region of the first aws provider, which may be a variable's; else that of the user. */
function regionOf(
  { provider, variables: declared }: WrittenFolder,
  given: readonly string[],
): string {
  const { region } = provider;
  const [, variable] = /^\$\{var\.(\w+)\}$/.exec(String(region)) ?? [];
  const found =
    variable === undefined
      ? region
      : (given
          .findLast((word) => word.startsWith(`-var=${variable}=`))
          ?.split("=")
          .slice(2)
          .join("=") ??
        process.env[`TF_VAR_${variable}`] ??
        declared.get(variable)?.default);
  const isKnown = typeof found === "string" && /^[\w-]+$/.test(found);
  return isKnown ? found : process.env["AWS_REGION"] || "us-east-1";
}

function refused(folder: string, problems: readonly string[]): HarnessError {
  const [first = "no value, and no reason", ...more] = problems;
  const rest = more.length > 0 ? `; and ${more.length} more` : "";
  return new HarnessError("ERR_TEMPLATE", `Terraform cannot evaluate ${folder}: ${first}${rest}`);
}

/** What tells whether a container may read its secrets and is reached. Services do not refer to it. */
const RIGHTS =
  /^aws_(?:iam_policy_attachment|iam_role_policy|iam_role_policy_attachment|security_group_rule|vpc_security_group_\w+_rule)$/;

/** What is evaluated: what the local ECS runs, with what it needs. Mail, certificates and CDNs of the folder are not. */
function targetsIn({ blocks }: WrittenFolder): string[] {
  const played = blocks.filter(({ type }) => isModelled(withoutAlias(type)) || RIGHTS.test(type));
  if (!played.some(({ type }) => type === "aws_ecs_service")) return [];
  return [...new Set(played.map(({ target }) => target))];
}

/** What the folder's data sources find: each has an ARN, since resources and modules check it. */
function foundIn({ blocks }: WrittenFolder, region: string): ReturnType<typeof foundValues> {
  const found = foundValues(region);
  const types = blocks.flatMap(({ type }) => /^data\.(aws_\w+)$/.exec(type)?.[1] ?? []);
  return Object.fromEntries(
    types.map((type) => {
      const arn = computedText({ address: `data.${type}`, type, values: {} }, "arn", region);
      return [type, { arn, ...found[type] }];
    }),
  );
}

/**
 * Every resource counts, not only those that a plan has: an apply may have others.
 * @throws HarnessError ERR_TEMPLATE with the resources whose provisioners Terraform would run
 */
function checkProvisioners({ blocks }: WrittenFolder, areAllowed: boolean): void {
  const found = blocks.filter(({ body }) => body["provisioner"] !== undefined);
  if (areAllowed || found.length === 0) return;
  const names = found.map(({ address }) => address).join(", ");
  const message = `${names}: Terraform would run the provisioners on this machine; allow it with --allow-provisioners, or remove them`;
  throw new HarnessError("ERR_TEMPLATE", message);
}

/** @throws HarnessError ERR_TEMPLATE if Terraform has read other files than these were */
function checkWritten(folder: string, { blocks }: WrittenFolder, plan: TestPlan): void {
  const known = new Set(blocks.map(({ address }) => address));
  const [other] = plan.resource_changes.filter(({ address }) => !known.has(withoutKeys(address)));
  if (other === undefined) return;
  const message = `Terraform finds ${other.address} in ${folder}, which its files here do not have: run terraform init again`;
  throw new HarnessError("ERR_TEMPLATE", message);
}

type Change = TestPlan["resource_changes"][number];

const attributesOf = ({ provider_schemas: providers }: TestPlan, type: string) =>
  Object.values(providers)
    .map(({ resource_schemas: schemas }) => schemas[type])
    .find((schema) => schema !== undefined)?.block.attributes ?? {};

const isCreated = ({ actions, importing }: Change["change"]): boolean =>
  actions.includes("create") || importing !== undefined;

/** Whether only AWS knows the value. Of what is imported, the mock has drawn one that the plan takes as known. */
const isUnknown = ({ change }: Change, name: string): boolean =>
  change.after_unknown[name] === true ||
  (change.importing !== undefined && DRAWN.test(String(change.after?.[name])));

/** A value in AWS' form for each that the plan does not know; the user's come first. */
function overridesFor(plan: TestPlan, given: readonly Override[], region: string): Override[] {
  const own = new Map(given.map((each) => [each.address, each]));
  const created = plan.resource_changes.filter(
    ({ mode, type, change }) => mode === "managed" && type.startsWith("aws_") && isCreated(change),
  );
  const computed = created.map((each): Override => {
    const { address, type, change } = each;
    const instance = { address, type, values: change.after ?? {} };
    const values = Object.entries(attributesOf(plan, type)).flatMap(([name, attribute]) => {
      if (!isUnknown(each, name) || !attribute.computed) return [];
      return attribute.type === "string" ? [[name, computedText(instance, name, region)]] : [];
    });
    return {
      kind: "resource",
      address,
      values: { ...Object.fromEntries(values), ...own.get(address)?.values },
    };
  });
  const addresses = new Set(created.map(({ address }) => address));
  return [
    ...computed.filter(({ values }) => Object.keys(values).length > 0),
    ...given.filter(({ address }) => !addresses.has(address)),
  ];
}

/** What `ignore_changes` and `prevent_destroy` say of each instance. Other settings change nothing here. */
function lifecyclesIn(plan: TestPlan, { blocks }: WrittenFolder): Evaluated["lifecycles"] {
  const written = new Map(
    blocks.map(({ address, body }) => [address, [body["lifecycle"]].flat()[0] as Body | undefined]),
  );
  return Object.fromEntries(
    plan.resource_changes.flatMap(({ address }) => {
      const { ignore_changes: ignored, prevent_destroy: isKept } =
        written.get(withoutKeys(address)) ?? {};
      const names = textsIn(ignored).map(plainAddress);
      const own = {
        ...(names.length > 0 && { ignore_changes: names[0] === "all" ? "all" : names }),
        ...(typeof isKept === "boolean" && { prevent_destroy: isKept }),
      };
      return Object.keys(own).length === 0 ? [] : [[address, own]];
    }),
  );
}

const hostsIn = (overrides: readonly Override[]): Record<string, string> =>
  Object.fromEntries(
    overrides.flatMap(({ address, values }) =>
      Object.entries(values).flatMap(([name, value]) =>
        typeof value === "string" && value.endsWith(NO_HOST) ? [[`${address}.${name}`, value]] : [],
      ),
    ),
  );

/** The values with the same texts in each evaluation, also where others contain them. */
function settled(root: StateModule, { blocks }: WrittenFolder): StateModule {
  const bodies = new Map(blocks.map(({ address, body }) => [address, body]));
  const drawn = new Map<string, string>();
  for (const { address, mode, values = {} } of resourcesIn(root)) {
    if (mode !== "data") continue;
    const body = bodies.get(withoutKeys(address));
    for (const [name, value] of Object.entries(values)) {
      if (typeof value !== "string" || !DRAWN.test(value) || body?.[name] !== undefined) continue;
      drawn.set(value, anyText(address, name));
    }
  }
  if (drawn.size === 0) return root;
  const any = new RegExp([...drawn.keys()].join("|"), "g");
  return JSON.parse(
    JSON.stringify(root).replaceAll(any, (text) => drawn.get(text) ?? text),
  ) as StateModule;
}

/** The values without those that a mock has invented for arguments which the folder leaves out, or whose expression is null. */
function withoutInvented(
  root: StateModule,
  plan: TestPlan,
  written: WrittenFolder,
  overrides: readonly Override[],
): StateModule {
  const changes = new Map(plan.resource_changes.map((each) => [each.address, each]));
  const bodies = new Map(written.blocks.map(({ address, body }) => [address, body]));
  const ours = new Map(overrides.map(({ address, values }) => [address, values]));
  const isInvented = (change: Change, name: string, value: unknown): boolean => {
    // AWS gives an id, and a name where there is none: others refer to them.
    if (name === "id" || name === "name" || !isUnknown(change, name)) return false;
    const { optional = false } = attributesOf(plan, change.type)[name] ?? {};
    if (!optional || defaultOf(change.type, name) !== undefined) return false;
    if (bodies.get(withoutKeys(change.address))?.[name] === undefined) return true;
    return value === ours.get(change.address)?.[name] || value === 0 || value === false;
  };
  const known = new Set([
    ...plan.resource_changes.flatMap(({ change }) => textsIn(change.after)),
    // The value of each attribute, without those of blocks.
    ...resourcesIn(root)
      .flatMap(({ values = {} }) => Object.values(values))
      .filter((value) => typeof value === "string"),
  ]);
  const cleaned = ({ resources = [], child_modules: children = [] }: StateModule): StateModule => ({
    resources: resources.map((resource) => {
      const change = changes.get(resource.address);
      if (change === undefined) return resource;
      const values = Object.entries(resource.values ?? {}).flatMap(([name, value]) =>
        isInvented(change, name, value)
          ? []
          : [[name, withoutDrawn(value, change.change.after_unknown[name], known)]],
      );
      return { ...resource, values: Object.fromEntries(values) };
    }),
    child_modules: children.map(cleaned),
  });
  return cleaned(root);
}
