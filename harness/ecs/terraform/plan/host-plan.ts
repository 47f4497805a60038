import { HarnessError } from "../../base/errors.ts";
import {
  checkCluster,
  dynamicPorts,
  hasCluster,
  ignoredSettings,
  type Launch,
  reservedMemory,
} from "./agent-settings.ts";
import type { Arguments, Model, Resource } from "./model.ts";
import type { HostPlan } from "./plan.ts";
import { parseSymbol } from "../expression/symbol.ts";

/** Hosts and their replacements share one block of 256 addresses. */
const MOST_HOSTS = 100;

/** A task can move only if there is another host. */
const FEWEST_HOSTS = 2;

/** Hosts of one kind. */
type HostGroup = HostPlan;

/**
 * Reads the number of hosts, their memory and their dynamic ports. Several groups become one: the hosts of all,
 * each with the memory of the smallest.
 */
export function readHosts(model: Model): HostPlan {
  const groups = hostGroups(model).map((group) => readGroup(model, group));
  const [first] = groups;
  // A template for an existing cluster declares no hosts.
  if (!first) return { count: FEWEST_HOSTS, memory: 7_600, ports: dynamicPorts() };
  const count = groups.reduce((sum, group) => sum + group.count, 0);
  if (count > MOST_HOSTS) {
    const [group] = hostGroups(model);
    const message = `${group?.address}.desired_capacity: the local ECS runs up to ${MOST_HOSTS} hosts, not ${count}`;
    throw new HarnessError("ERR_UNSUPPORTED", message);
  }
  return {
    count: Math.max(count, FEWEST_HOSTS),
    memory: Math.min(...groups.map(({ memory }) => memory)),
    ports: first.ports,
    ignoredSettings: [...new Set(groups.flatMap((group) => group.ignoredSettings ?? []))],
  };
}

/**
 * The groups whose hosts join the cluster: those of its capacity providers, and those that name a cluster in their
 * user data. If there are none, all groups.
 */
export function hostGroups(model: Model): readonly Group[] {
  const groups = model.all("aws_autoscaling_group");
  const provided = new Set(
    model
      .all("aws_ecs_capacity_provider")
      .map(
        ({ arguments: given }) => given.auto_scaling_group_provider?.auto_scaling_group_arn ?? "",
      )
      .map((arn) => parseSymbol(arn)?.address),
  );
  const own = groups.filter(
    (group) => provided.has(group.address) || hasCluster(launchOf(model, group)),
  );
  return own.length > 0 ? own : groups;
}

type Group = Resource<"aws_autoscaling_group">;

function readGroup(model: Model, group: Group): HostGroup {
  const { min_size, max_size, desired_capacity = min_size } = group.arguments;
  if (desired_capacity < min_size || desired_capacity > max_size) {
    const message = `${group.address}.desired_capacity: expected ${min_size}-${max_size}, got ${desired_capacity}`;
    throw new HarnessError("ERR_TEMPLATE", message);
  }
  const launch = launchOf(model, group);
  checkCluster(model, launch);
  const types = typesOf(launch, group.arguments);
  const memory = Math.min(...types.map((type) => registeredMemory(launch.address, type)));
  return {
    count: desired_capacity,
    memory: Math.max(0, memory - reservedMemory(launch)),
    ports: dynamicPorts(launch),
    ignoredSettings: ignoredSettings(launch),
  };
}

function launchOf(model: Model, { address, arguments: args }: Group): Launch {
  const { launch_template: own, launch_configuration: old, mixed_instances_policy: mixed } = args;
  if (isNamed(old)) {
    return model.referred("aws_launch_configuration", old, `${address}.launch_configuration`);
  }
  const { launch_template_id: id, launch_template_name: name } =
    mixed?.launch_template?.launch_template_specification ?? {};
  const template = [own?.id, own?.name, id, name].find(isNamed) ?? "";
  return model.referred("aws_launch_template", template, `${address}.launch_template`);
}

/** A state has "" for what is not given, beside a policy for example. */
const isNamed = (name: string | undefined): name is string => (name ?? "") !== "";

/** The instance types of a group: a policy may name several in place of the template's. */
function typesOf(
  { address, arguments: launch }: Launch,
  { mixed_instances_policy: mixed }: Arguments<"aws_autoscaling_group">,
): readonly string[] {
  const named = (mixed?.launch_template?.override ?? []).flatMap(
    (each) => each.instance_type ?? [],
  );
  const types = named.length > 0 ? named : [launch.instance_type ?? []].flat();
  if (types.length > 0) return types;
  throw new HarnessError("ERR_TEMPLATE", `${address}.instance_type: is required: text`);
}

/** Memory of a `.large` instance of each family, in GiB. The next size up or down has twice or half of it. */
const GIB_OF_A_LARGE: Readonly<Record<string, number>> = { t: 8, m: 8, c: 4, r: 16, x: 32 };

const SIZES = ["nano", "micro", "small", "medium", "large", "xlarge", "2xlarge"];

/**
 * The share that ECS registers. The rest is for kernel and agent: a t3.small registers about 1 920 of its 2 048
 * MiB.
 */
const REGISTERED_SHARE = 0.93;

/** The memory that ECS registers for a host, in MiB. @param address what starts the host, for the error */
function registeredMemory(address: string, type: string): number {
  const [family = "", size = ""] = type.split(".");
  const gib = GIB_OF_A_LARGE[family.charAt(0)];
  // t3.large has 8 GiB. t2 and older families have the same sizes.
  const multiple = /^(\d+)xlarge$/.exec(size)?.[1];
  const step = SIZES.indexOf(size) - SIZES.indexOf("large");
  if (gib === undefined || (multiple === undefined && !SIZES.includes(size))) {
    const message = `${address}.instance_type: the memory of ${type} is not known; known families: t, m, c, r and x`;
    throw new HarnessError("ERR_UNSUPPORTED", message);
  }
  const large = multiple === undefined ? 2 ** step : Number(multiple) * 2;
  return Math.floor(gib * large * 1024 * REGISTERED_SHARE);
}
