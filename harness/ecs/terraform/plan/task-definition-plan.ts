import path from "node:path";
import { z } from "zod";
import { HarnessError } from "../../base/errors.ts";
import { checkContainers } from "./container-checks.ts";
import { containerDefinition, type ContainerDefinition } from "./container-definition.ts";
import { isGiven, parse } from "../types/fields.ts";
import type { Arguments, Model, Resource } from "./model.ts";
import type { AccessPointPlan, ContainerPlan, MountPlan, TaskDefinitionPlan } from "./plan.ts";
import { parseSecretReference } from "./secret-reference.ts";
import { findSymbol, parseSymbol } from "../expression/symbol.ts";
import { checkUnique } from "./unique.ts";

/** Reads every task definition with its containers. */
export function readTaskDefinitions(model: Model): ReadonlyMap<string, TaskDefinitionPlan> {
  const plans = model.read("aws_ecs_task_definition", (resource) =>
    readTaskDefinition(model, resource),
  );
  return new Map(plans.map((plan) => [plan.address, plan]));
}

type TaskDefinition = Resource<"aws_ecs_task_definition">;

function readTaskDefinition(model: Model, resource: TaskDefinition): TaskDefinitionPlan {
  const { address, isFargate, arguments: args } = resource;
  const where = `${address}.container_definitions`;
  const definitions = parse(where, z.array(containerDefinition).min(1), parseJson(where, args));
  const volumes = readVolumes(model, resource);
  const networkMode = args.network_mode;
  const containers = definitions.map((definition, index) => {
    const mounts = mountsOf(where, definition, definitions, volumes);
    const container = readContainer(`${where}.${index}`, definition, mounts);
    return networkMode === "bridge" ? container : withOwnPorts(`${where}.${index}`, container);
  });
  checkContainers(where, containers, { networkMode, memoryLimit: args.memory });
  const hasSecrets = containers.some(({ secrets }) => secrets.length > 0);
  if (hasSecrets && !isGiven(args.execution_role_arn)) {
    const message = `${address}.execution_role_arn: When you are specifying container secrets, you must also specify a value for 'executionRoleArn'.`;
    throw new HarnessError("ERR_TEMPLATE", message);
  }
  const memory = args.memory ?? definitions.reduce((sum, each) => sum + needed(where, each), 0);
  const { family, memory: memoryLimit } = args;
  const metadata = {
    launchType: isFargate ? ("FARGATE" as const) : ("EC2" as const),
    cpu: vcpusOf(args.cpu),
    taskRole: roleOf(model, args.task_role_arn),
    logGroups: logGroupsOf(model, containers),
  };
  return { address, family, networkMode, memory, memoryLimit, ...metadata, containers };
}

/** The ARN of a role, or the name of one whose ARN only AWS knows. */
function roleOf(model: Model, given: string | undefined): string | undefined {
  const symbolic = given === undefined ? undefined : parseSymbol(given);
  if (symbolic === undefined) return given === "" ? undefined : given;
  const name = model.declared.get(symbolic.address)?.arguments["name"];
  const isKnown = typeof name === "string" && findSymbol(name) === undefined;
  return isKnown ? name : symbolic.address.split(".").at(-1);
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specify-log-config.html */
function logGroupsOf(model: Model, containers: readonly ContainerPlan[]): string[] {
  const declared = [...model.declared.values()].filter(
    ({ type }) => type === "aws_cloudwatch_log_group",
  );
  const names = new Set(declared.map(({ arguments: { name } }) => name));
  return containers.flatMap(({ logConfiguration }) => {
    const { "awslogs-group": group, "awslogs-create-group": isCreated } =
      logConfiguration?.options ?? {};
    if (logConfiguration?.logDriver !== "awslogs" || group === undefined) return [];
    const isKnown = isCreated === "true" || names.has(group) || findSymbol(group) !== undefined;
    return isKnown ? [] : [group];
  });
}

/** `512` CPU units, or `.5 vCPU`. */
function vcpusOf(given: string | undefined): number | undefined {
  const [, number = "", unit] = /^([\d.]+)\s*(vcpu)?$/i.exec(given ?? "") ?? [];
  if (number === "") return undefined;
  return unit === undefined ? Number(number) / 1024 : Number(number);
}

/** In host and awsvpc mode the host port is the container's port. */
function withOwnPorts(where: string, container: ContainerPlan): ContainerPlan {
  const portMappings = container.portMappings.map((mapping) => {
    const { containerPort, hostPort } = mapping;
    if (hostPort === 0 || hostPort === containerPort) {
      return { ...mapping, hostPort: containerPort };
    }
    const message = `${where}.portMappings: hostPort ${hostPort} must equal containerPort ${containerPort}, or be left out, in host and awsvpc mode`;
    throw new HarnessError("ERR_TEMPLATE", message);
  });
  return { ...container, portMappings };
}

function parseJson(where: string, { container_definitions }: TaskDefinition["arguments"]): unknown {
  try {
    return JSON.parse(container_definitions);
  } catch (error) {
    throw new HarnessError("ERR_TEMPLATE", `${where} is not JSON`, { cause: error });
  }
}

/** EC2 tasks reserve the soft limit, or the hard limit if there is no soft one. */
function needed(where: string, { name, memory, memoryReservation }: ContainerDefinition): number {
  const needs = memoryReservation ?? memory;
  if (needs !== undefined) return needs;
  const message = `${where}: container "${name}" requires memory or memoryReservation, unless the task has memory`;
  throw new HarnessError("ERR_TEMPLATE", message);
}

type VolumeEntry = [name: string, volume: Omit<MountPlan, "path" | "readOnly">];
type Volumes = ReadonlyMap<VolumeEntry[0], VolumeEntry[1]>;

function readVolumes(model: Model, { address, arguments: { volume } }: TaskDefinition): Volumes {
  checkUnique(volume, ({ name }) => [`${address}.volume.name`, name]);
  return new Map(
    volume.map(({ name, efs_volume_configuration: efs, ...others }): VolumeEntry => {
      if (!efs) return [name, hostVolume(name, others)];
      const where = `${address}.volume.${name}`;
      const fileSystem = parseSymbol(efs.file_system_id)?.address ?? efs.file_system_id;
      const made = model.all("aws_efs_file_system").find((each) => each.address === fileSystem);
      // What is in an existing file system is not known.
      const isNew = made !== undefined && !made.exists;
      const efsVolume = (root: string, accessPoint?: AccessPointPlan): VolumeEntry => {
        const isMade = root === "/" || accessPoint?.creation !== undefined || !isNew;
        return [name, shared(fileSystem, root, isMade ? "made" : "refused", accessPoint)];
      };
      const accessPointId = efs.authorization_config?.access_point_id;
      if (accessPointId === undefined) {
        return efsVolume(efs.root_directory ?? "/");
      }
      // https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_EFSVolumeConfiguration.html
      if ((efs.root_directory ?? "/") !== "/") {
        const message = `${where}.root_directory: must be "/" or left out with an access point`;
        throw new HarnessError("ERR_TEMPLATE", message);
      }
      const { arguments: accessPoint } = model.referred(
        "aws_efs_access_point",
        accessPointId,
        `${where}.access_point_id`,
      );
      if (accessPoint.file_system_id !== efs.file_system_id) {
        const message = `${where}.access_point_id: belongs to another file system`;
        throw new HarnessError("ERR_TEMPLATE", message);
      }
      return efsVolume(accessPoint.root_directory?.path ?? "/", readAccessPoint(accessPoint));
    }),
  );
}

/**
 * A volume of a host. All hosts are this machine, so those of one host are shared by all.
 * @param given a folder of the host, or a volume of Docker
 */
function hostVolume(
  name: string,
  given: Pick<
    TaskDefinition["arguments"]["volume"][number],
    "host_path" | "docker_volume_configuration"
  >,
): VolumeEntry[1] {
  const { host_path: folder, docker_volume_configuration: docker } = given;
  if (folder !== undefined) return shared("host", path.posix.resolve("/", folder), "made");
  if (docker?.scope === "shared") return shared("docker", `/${name}`, "copied");
  return { directory: name, ephemeral: true, ifMissing: "copied" };
}

const shared = (
  fileSystem: string,
  root: string,
  ifMissing: MountPlan["ifMissing"],
  accessPoint?: AccessPointPlan,
): VolumeEntry[1] => ({
  directory: `${fileSystem}${root.replace(/\/$/, "")}`,
  ephemeral: false,
  ifMissing,
  accessPoint,
});

function readAccessPoint({
  posix_user: user,
  root_directory: root,
}: Arguments<"aws_efs_access_point">): AccessPointPlan {
  const info = root?.creation_info;
  return {
    posixUser: user && { uid: user.uid, gid: user.gid },
    creation: info && {
      uid: info.owner_uid,
      gid: info.owner_gid,
      permissions: Number.parseInt(info.permissions, 8),
    },
  };
}

/**
 * The mounts of a container and, as Docker does, those of the containers in its `volumesFrom`. Its own come first.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_VolumeFrom.html
 */
function mountsOf(
  where: string,
  { name, mountPoints, volumesFrom }: ContainerDefinition,
  all: readonly ContainerDefinition[],
  volumes: Volumes,
  trail: readonly string[] = [],
): MountPlan[] {
  const own = mountPoints.map(({ sourceVolume, containerPath, readOnly }) => {
    const volume = volumes.get(sourceVolume);
    if (volume) return { ...volume, readOnly, path: containerPath.replace(/(.)\/$/, "$1") };
    const message = `${where} ("${name}").mountPoints: no volume "${sourceVolume}"`;
    throw new HarnessError("ERR_TEMPLATE", message);
  });
  const others = volumesFrom.flatMap(({ sourceContainer, readOnly }) => {
    const source = all.find((each) => each.name === sourceContainer);
    if (!source || [...trail, name].includes(sourceContainer)) {
      const message = `${where}: "${name}" has volumesFrom "${sourceContainer}", which is not another container of the task, or has its volumes from "${name}"`;
      throw new HarnessError("ERR_TEMPLATE", message);
    }
    const mounts = mountsOf(where, source, all, volumes, [...trail, name]);
    return mounts.map((mount) => ({ ...mount, readOnly: mount.readOnly || readOnly }));
  });
  // In their order, since one may be below another. Its own win.
  return [...new Map([...others, ...own].map((mount) => [mount.path, mount])).values()];
}

function readContainer(
  where: string,
  definition: ContainerDefinition,
  mounts: readonly MountPlan[],
): ContainerPlan {
  const { environment, secrets, mountPoints: _points, ...rest } = definition;
  checkUnique([...environment, ...secrets], ({ name }) => [`${where}.environment, secrets`, name]);
  const visible = { ...definition, secrets: [], environmentFiles: [], logConfiguration: undefined };
  const symbol = findSymbol(JSON.stringify(visible));
  if (symbol !== undefined) {
    const message = `${where} ("${definition.name}") uses ${symbol}, which only AWS knows; give a local value`;
    throw new HarnessError("ERR_UNSUPPORTED", message, {
      hint: { option: "attributes", name: symbol },
    });
  }
  return {
    ...rest,
    environment: Object.fromEntries(
      environment.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]])),
    ),
    secrets: secrets.map(({ name, valueFrom }) => ({
      name,
      ...parseSecretReference(`${where}.secrets.${name}`, valueFrom),
    })),
    mounts,
  };
}
