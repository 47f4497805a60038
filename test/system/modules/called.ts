import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { readTemplate, type Template } from "../../../harness/ecs/index.ts";
import { Resolver } from "../../../harness/ecs/terraform/configuration/resolver.ts";
import {
  readConfiguration,
  type WrittenModule,
} from "../../../harness/ecs/terraform/configuration/written-module.ts";
import { ensureDefined } from "../../../stacks/config/ensure-defined.ts";
import type { Template as Synthesized } from "../../stacks/support/template.ts";

const modules = path.join(import.meta.dirname, "../../../modules");

/** What the files of a module declare. */
export const written = (module: string): Promise<WrittenModule> =>
  readConfiguration(path.join(modules, module));

/**
 * Reads a root module that calls one of the modules.
 *
 * @param rest of the root module
 */
export async function called(
  module: string,
  inputs: Readonly<Record<string, unknown>>,
  rest: Readonly<Record<string, unknown>> = {},
): Promise<Template> {
  const folder = await mkdtemp(path.join(tmpdir(), "modules-"));
  try {
    const source = path.relative(folder, path.join(modules, module));
    const root = { ...rest, module: { [module]: { source, ...inputs } } };
    await writeFile(path.join(folder, "main.tf.json"), JSON.stringify(root));
    const namespaces = { "ns-0123": "dev-ecs" };
    return await readTemplate(folder, { parameters: {}, namespaces, drawn: new Map() });
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Network, cluster and namespace of an environment, as a root module. */
export function surroundingsOf({ json }: Synthesized): Readonly<Record<string, unknown>> {
  const resource = Object.fromEntries(
    Object.entries(json.resource).map(([type, byId]) => [
      type,
      Object.fromEntries(
        Object.entries(byId).filter(([id]) => /^(network|cluster|discovery_namespace)/.test(id)),
      ),
    ]),
  );
  return { provider: json["provider"], resource };
}

/** The evaluated resources of the local ECS, by address. */
export type Resources = Readonly<Record<string, unknown>>;

/**
 * The resources of a template, or of a module in it.
 *
 * @param rename replaces names in addresses and values
 */
export function resourcesOf(
  { declared, module }: Template,
  rename: (text: string) => string = (text) => text,
): Resources {
  const resolver = new Resolver(module);
  return Object.fromEntries(
    [...declared.values()]
      .map(({ address, arguments: given, lifecycle }) => {
        const block = ensureDefined(module.blocks.get(address), address);
        const { depends_on = [], timeouts = {} } = block.arguments;
        const times = resolver.resolve({ ...block, arguments: { timeouts } })["timeouts"];
        const resource = {
          given: plain(given),
          lifecycle,
          depends_on,
          timeouts: [plain(times)].flat(),
        };
        return JSON.parse(rename(JSON.stringify([address, resource]))) as [string, unknown];
      })
      .toSorted(([one], [other]) => (one < other ? -1 : 1)),
  );
}

/** The resources whose address matches, and what they depend on among these. */
export function partOf(resources: Resources, pattern: RegExp): Resources {
  return Object.fromEntries(
    Object.entries(resources)
      .filter(([address]) => pattern.test(address))
      .map(([address, resource]) => {
        const { depends_on } = resource as { depends_on: readonly string[] };
        // A module also names resources of which it creates none.
        const own = depends_on.filter((each) => pattern.test(each) && each in resources).toSorted();
        return [address, { ...(resource as object), depends_on: [...new Set(own)] }];
      }),
  );
}

/** In HCL, a block that occurs at most once is in a list. */
const singleBlocks = ["metric", "network_configuration"];

/** Arguments that say what is the default. */
const defaults: Readonly<Record<string, unknown>> = { skip_destroy: false, actions_enabled: true };

/**
 * Normalizes values as Terraform does: leaves out null arguments, converts numbers in a map of strings and parses JSON
 * documents. Leaves out the random password, and defaults.
 */
function plain(value: unknown, key = ""): unknown {
  if (typeof value === "string" && /^[[{]/.test(value)) return plain(JSON.parse(value));
  if (typeof value === "number" && key === "RedisMajorVersion") return String(value);
  if (Array.isArray(value) && singleBlocks.includes(key)) return plain(value[0]);
  if (Array.isArray(value)) return value.map((item: unknown) => plain(item));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([name, inner]) => [name, plain(inner, name)] as const)
      .filter(([name, inner]) => (inner ?? null) !== null && name !== "secret_string_wo")
      .filter(([name, inner]) => !(name in defaults) || inner !== defaults[name])
      .filter(([name, inner]) => name !== "tags" || Object.keys(Object(inner)).length > 0),
  );
}

/** The inputs of both modules from the stack of an environment. */
export const inStack = {
  cluster_name: "${aws_ecs_cluster.cluster_ecs.name}",
  capacity_provider: "${aws_ecs_capacity_provider.cluster_capacity_provider.name}",
  vpc_id: "${aws_vpc.network_vpc.id}",
  host_security_group_ids: ["${aws_security_group.cluster_security_group.id}"],
  namespace: {
    id: "${aws_service_discovery_private_dns_namespace.discovery_namespace.id}",
    name: "${aws_service_discovery_private_dns_namespace.discovery_namespace.name}",
    vpc_id: "${aws_vpc.network_vpc.id}",
  },
  subnets: {
    a: "${aws_subnet.network_private_a.id}",
    b: "${aws_subnet.network_private_b.id}",
  },
};

/** The inputs of both modules, except name and subnets. */
export const leastInputs = {
  cluster_name: "dev",
  vpc_id: "vpc-0a1b",
  host_security_group_ids: ["sg-0a"],
  namespace: { id: "ns-0123", name: "dev-ecs", vpc_id: "vpc-0a1b" },
};
