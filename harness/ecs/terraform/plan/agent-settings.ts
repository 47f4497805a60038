import { HarnessError } from "../../base/errors.ts";
import type { Model, Resource } from "./model.ts";
import type { HostPlan } from "./plan.ts";
import { parseSymbol } from "../expression/symbol.ts";

/** What starts the hosts of a group. */
export type Launch = Resource<"aws_launch_template"> | Resource<"aws_launch_configuration">;

/** The agent's default: the kernel's `ip_local_port_range`, as documented for hostPort 0. */
const DEFAULT_PORTS: HostPlan["ports"] = [32_768, 60_999];

/**
 * A setting of the agent that the user data writes to /etc/ecs/ecs.config. If a name occurs twice, the last one
 * wins. Scripts write it with echo, printf or cat, so the value ends at the end of a shell word.
 */
function agentSetting(name: string, launch: Launch): string | undefined {
  const lines = scriptOf(launch).replaceAll(/^\s*#.*$/gm, "");
  const found = lines.matchAll(new RegExp(`(?:\\b|\\\\n)${name}=["']?([^\\s"'\\\\;>|&)\`]+)`, "g"));
  return [...found].at(-1)?.[1];
}

/** The user data: a launch template has it in base64, a launch configuration as text or in base64. */
function scriptOf({ type, arguments: args }: Launch): string {
  const isTemplate = type === "aws_launch_template";
  const encoded = isTemplate ? args.user_data : args.user_data_base64;
  const text = isTemplate ? undefined : args.user_data;
  return text ?? Buffer.from(encoded ?? "", "base64").toString("utf8");
}

/** Memory that tasks cannot use, in MiB. */
export function reservedMemory(launch: Launch): number {
  const found = agentSetting("ECS_RESERVED_MEMORY", launch) ?? "0";
  if (/^\d+$/.test(found)) return Number(found);
  const message = `${launch.address}.user_data: ECS_RESERVED_MEMORY=${found} is not a number (MiB)`;
  throw new HarnessError("ERR_TEMPLATE", message);
}

/** Whether the user data names a cluster. */
export const hasCluster = (launch: Launch): boolean =>
  agentSetting("ECS_CLUSTER", launch) !== undefined;

/** `ECS_CLUSTER` in the user data is the cluster that the hosts join. */
export function checkCluster(model: Model, launch: Launch): void {
  const found = agentSetting("ECS_CLUSTER", launch);
  const [cluster] = model.all("aws_ecs_cluster");
  if (!cluster || found === undefined || found.includes("$")) return;
  if (parseSymbol(found) || found === cluster.arguments.name) return;
  const message = `${launch.address}.user_data: ECS_CLUSTER=${found} is not ${cluster.address}`;
  throw new HarnessError("ERR_TEMPLATE", message);
}

/** Reads `first-last`. */
export function dynamicPorts(launch?: Launch): HostPlan["ports"] {
  const found = launch && agentSetting("ECS_DYNAMIC_HOST_PORT_RANGE", launch);
  if (found === undefined) return DEFAULT_PORTS;
  const [, first, last] = (/^(\d+)-(\d+)$/.exec(found) ?? []).map(Number);
  if (first === undefined || last === undefined || first < 1024 || last > 65_535 || first > last) {
    const message = `${launch?.address}.user_data: ECS_DYNAMIC_HOST_PORT_RANGE=${found} is not a range first-last within 1024-65535`;
    throw new HarnessError("ERR_TEMPLATE", message);
  }
  return [first, last];
}

const READ = new Set(["ECS_CLUSTER", "ECS_RESERVED_MEMORY", "ECS_DYNAMIC_HOST_PORT_RANGE"]);

/** Settings of the agent that have no effect here, as they are written. */
export function ignoredSettings(launch: Launch): string[] {
  const lines = scriptOf(launch).replaceAll(/^\s*#.*$/gm, "");
  const names = [...lines.matchAll(/(?<=\b|\\n)ECS_[A-Z_]+(?==)/g)].map(([name]) => name);
  // A stop timeout changes what users see most.
  return [...new Set(names)]
    .filter((name) => !READ.has(name))
    .toSorted((a, b) => Number(b.includes("STOP_TIMEOUT")) - Number(a.includes("STOP_TIMEOUT")))
    .map((name) => `${name}=${agentSetting(name, launch) ?? ""}`);
}
