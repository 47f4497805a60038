import { HarnessError } from "../base/errors.ts";
import type { Model, Resource } from "./model.ts";
import type { HostPlan } from "./plan.ts";
import { parseSymbol } from "./symbol.ts";

/** Memory of a `.large` instance of each family, in GiB. The next size up or down has twice or half of it. */
const GIB_OF_A_LARGE: Readonly<Record<string, number>> = { t: 8, m: 8, c: 4, r: 16, x: 32 };

const SIZES = ["nano", "micro", "small", "medium", "large", "xlarge", "2xlarge"];

/**
 * The share that ECS registers. The rest is for kernel and agent: a t3.small registers about 1 920 of its 2 048
 * MiB.
 */
const REGISTERED_SHARE = 0.93;

/** Hosts and their replacements share one block of 256 addresses. */
const MOST_HOSTS = 100;

/** A task can move only if there is another host. */
const FEWEST_HOSTS = 2;

/** The agent's default: the kernel's `ip_local_port_range`, as documented for hostPort 0. */
const DEFAULT_PORTS: HostPlan["ports"] = [32_768, 60_999];

/** Reads the number of hosts, their memory and their dynamic ports. */
export function readHosts(model: Model): HostPlan {
  const groups = model.all("aws_autoscaling_group");
  const [group, another] = groups;
  if (another) {
    const message = `${another.address}: the local ECS models one group of hosts`;
    throw new HarnessError("ERR_UNSUPPORTED", message);
  }
  // A template for an existing cluster declares no hosts.
  if (!group) return { count: FEWEST_HOSTS, memory: 7_600, ports: DEFAULT_PORTS };
  const { min_size, max_size, desired_capacity = min_size, launch_template } = group.arguments;
  if (desired_capacity < min_size || desired_capacity > max_size) {
    const message = `${group.address}.desired_capacity: expected ${min_size}-${max_size}, got ${desired_capacity}`;
    throw new HarnessError("ERR_TEMPLATE", message);
  }
  if (desired_capacity > MOST_HOSTS) {
    const message = `${group.address}.desired_capacity: the local ECS runs up to ${MOST_HOSTS} hosts, not ${desired_capacity}`;
    throw new HarnessError("ERR_UNSUPPORTED", message);
  }
  const template = model.referred(
    "aws_launch_template",
    launch_template?.id ?? launch_template?.name ?? "",
    `${group.address}.launch_template`,
  );
  checkCluster(model, template);
  return {
    count: Math.max(desired_capacity, FEWEST_HOSTS),
    memory: Math.max(0, registeredMemory(template) - reservedMemory(template)),
    ports: dynamicPorts(template),
  };
}

function registeredMemory({ address, arguments: { instance_type } }: LaunchTemplate): number {
  const [family = "", size = ""] = instance_type.split(".");
  const gib = GIB_OF_A_LARGE[family.charAt(0)];
  // t3.large has 8 GiB. t2 and older families have the same sizes.
  const multiple = /^(\d+)xlarge$/.exec(size)?.[1];
  const step = SIZES.indexOf(size) - SIZES.indexOf("large");
  if (gib === undefined || (multiple === undefined && !SIZES.includes(size))) {
    const message = `${address}.instance_type: the memory of ${instance_type} is not known; known families: t, m, c, r and x`;
    throw new HarnessError("ERR_UNSUPPORTED", message);
  }
  const large = multiple === undefined ? 2 ** step : Number(multiple) * 2;
  return Math.floor(gib * large * 1024 * REGISTERED_SHARE);
}

type LaunchTemplate = Resource<"aws_launch_template">;

/**
 * A setting of the agent that the user data writes to /etc/ecs/ecs.config. If a name occurs twice, the last one
 * wins. Scripts write it with echo, printf or cat, so the value ends at the end of a shell word.
 */
function agentSetting(name: string, { arguments: args }: LaunchTemplate): string | undefined {
  const script = Buffer.from(args.user_data ?? "", "base64").toString("utf8");
  const lines = script.replaceAll(/^\s*#.*$/gm, "");
  const found = lines.matchAll(new RegExp(`(?:\\b|\\\\n)${name}=["']?([^\\s"'\\\\;>|&)\`]+)`, "g"));
  return [...found].at(-1)?.[1];
}

/** Memory that tasks cannot use, in MiB. */
function reservedMemory(template: LaunchTemplate): number {
  const found = agentSetting("ECS_RESERVED_MEMORY", template) ?? "0";
  if (/^\d+$/.test(found)) return Number(found);
  const message = `${template.address}.user_data: ECS_RESERVED_MEMORY=${found} is not a number (MiB)`;
  throw new HarnessError("ERR_TEMPLATE", message);
}

/** `ECS_CLUSTER` in the user data is the cluster that the hosts join. */
function checkCluster(model: Model, template: LaunchTemplate): void {
  const found = agentSetting("ECS_CLUSTER", template);
  const [cluster] = model.all("aws_ecs_cluster");
  if (!cluster || found === undefined || found.includes("$")) return;
  if (parseSymbol(found) || found === cluster.arguments.name) return;
  const message = `${template.address}.user_data: ECS_CLUSTER=${found} is not ${cluster.address}`;
  throw new HarnessError("ERR_TEMPLATE", message);
}

/** Reads `first-last`. */
function dynamicPorts(template: LaunchTemplate): HostPlan["ports"] {
  const { address } = template;
  const found = agentSetting("ECS_DYNAMIC_HOST_PORT_RANGE", template);
  if (found === undefined) return DEFAULT_PORTS;
  const [, first, last] = (/^(\d+)-(\d+)$/.exec(found) ?? []).map(Number);
  if (first === undefined || last === undefined || first < 1024 || last > 65_535 || first > last) {
    const message = `${address}.user_data: ECS_DYNAMIC_HOST_PORT_RANGE=${found} is not a range first-last within 1024-65535`;
    throw new HarnessError("ERR_TEMPLATE", message);
  }
  return [first, last];
}
