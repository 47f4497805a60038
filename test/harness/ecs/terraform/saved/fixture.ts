import { readFileSync } from "node:fs";
import { readSavedPlan, readTemplate, type Template } from "../../../../../harness/ecs/index.ts";
import type { SavedPlan } from "../../../../../harness/ecs/terraform/saved/saved-plan.ts";

/** A recorded plan or state. */
export const recorded = (name: string): string =>
  new URL(`../../../../support/plans/${name}.json`, import.meta.url).pathname;

/** The content of a recorded plan, as a copy. */
export const content = (name: string): Json => JSON.parse(readFileSync(recorded(name), "utf8"));

/** JSON that a test can change. */
// oxlint-disable-next-line typescript/no-explicit-any
export type Json = any;

const KNOWN = { parameters: {}, drawn: new Map<string, string>() };

/** The templates of a plan: the first one, and the one that is deployed next. */
export async function templatesOf(
  source: string | object,
  resolve: Readonly<Record<string, string>> = {},
): Promise<{ saved: SavedPlan; first: Template; next: Template | undefined }> {
  const saved = await readSavedPlan(source, { resolve });
  const first = await readTemplate(saved.first, KNOWN);
  const next = saved.next && (await readTemplate(saved.next, KNOWN, first));
  return { saved, first, next };
}

/** One resource of a plan that creates it. */
export interface Planned {
  readonly address: string;
  readonly values: Readonly<Record<string, unknown>>;
  /** Marks values that are not known before apply. @default {} */
  readonly unknown?: Readonly<Record<string, unknown>>;
  readonly sensitive?: Readonly<Record<string, unknown>>;
  /** Its expressions. @default {} */
  readonly written?: Readonly<Record<string, unknown>>;
}

/** The parts of an address. */
const parts = (address: string) => {
  const [, type = "", name = "", index] = /^(\w+)\.(\w+)(?:\[(.*)\])?$/.exec(address) ?? [];
  return { type, name, ...(index !== undefined && { index: JSON.parse(index) as string }) };
};

/** A first plan of resources in the root module. */
export function firstPlan(...resources: readonly Planned[]): Json {
  return {
    format_version: "1.2",
    planned_values: {},
    resource_changes: resources.map(({ address, values, unknown = {}, sensitive = {} }) => ({
      address,
      mode: "managed",
      ...parts(address),
      change: {
        actions: ["create"],
        before: null,
        after: values,
        after_unknown: unknown,
        after_sensitive: sensitive,
      },
    })),
    configuration: {
      root_module: {
        resources: resources.map(({ address, written = {} }) => ({
          address: address.replace(/\[.*\]$/, ""),
          mode: "managed",
          expressions: written,
        })),
      },
    },
  };
}

const container = {
  name: "app",
  image: "app:1",
  memory: 64,
  portMappings: [{ containerPort: 80 }],
};

/** A task definition of one container. */
export const definition = (name: string, changed: object = {}, values: object = {}): Planned => ({
  address: `aws_ecs_task_definition.${name}`,
  values: {
    family: name,
    network_mode: "bridge",
    execution_role_arn: "arn:aws:iam::1:role/execution",
    container_definitions: JSON.stringify([{ ...container, ...changed }]),
    ...values,
  },
  unknown: { arn: true },
});

/** A service of {@link definition}. */
export const service = (name: string, values: object = {}, of: string = name): Planned => ({
  address: `aws_ecs_service.${name}`,
  values: { name, cluster: "main", desired_count: 1, ...values },
  unknown: { task_definition: true },
  written: {
    task_definition: {
      references: [`aws_ecs_task_definition.${of}.arn`, `aws_ecs_task_definition.${of}`],
    },
  },
});

/** What the service of a task in awsvpc mode needs. */
export const NETWORK = { network_configuration: [{ subnets: ["subnet-1"] }] } as const;

/** The error for a plan of resources, or `accepted`. */
export async function refusal(...resources: readonly Planned[]): Promise<string> {
  return templatesOf(firstPlan(...resources)).then(
    () => "accepted",
    (error: unknown) => String(error),
  );
}
