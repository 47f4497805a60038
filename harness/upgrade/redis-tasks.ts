import { addressesIn, repositoryOf, type SavedPlan } from "../ecs/index.ts";

/** The resources of a plan, before or after its changes, with references between them. */
export type Module = SavedPlan["first"];
type Arguments = Readonly<Record<string, unknown>>;

/** A Redis in an ECS service. */
export interface RedisTask {
  /** The addresses of its service and task definition. */
  readonly service: string;
  readonly definition: string;
  /** The name of the service in AWS. */
  readonly name: string;
  readonly image: string;
  /** The folder with its data, in a file system. Undefined if the data end with the task. */
  readonly folder: string | undefined;
}

interface Container {
  readonly name?: string;
  readonly image?: string;
  readonly mountPoints?: readonly { readonly sourceVolume?: string }[];
}

/** The services that run Redis. */
export function redisTasksOf(module: Module): RedisTask[] {
  return [...module.blocks.values()].flatMap(({ address, type, arguments: given }) => {
    if (type !== "aws_ecs_service") return [];
    const [definition = ""] = addressesIn(String(given["task_definition"]));
    const task = module.blocks.get(definition)?.arguments ?? {};
    const redis = containersOf(task).find(isRedis);
    if (redis === undefined) return [];
    const { image = "" } = redis;
    const folder = folderOf(redis, task, module);
    return [{ service: address, definition, name: String(given["name"]), image, folder }];
  });
}

/** The resources that a resource refers to, directly or not, and itself. */
export function reachedFrom({ blocks }: Module, start: string): ReadonlySet<string> {
  const reached = new Set([start]);
  for (const address of reached) {
    const text = JSON.stringify(blocks.get(address)?.arguments ?? {});
    for (const next of addressesIn(text)) reached.add(next);
  }
  return reached;
}

function containersOf({ container_definitions: text }: Arguments): readonly Container[] {
  return typeof text === "string" ? (JSON.parse(text) as Container[]) : [];
}

/** An image from another registry may have any name. */
const isRedis = ({ name = "", image = "" }: Container): boolean =>
  /^(?:redis|valkey)$/.test(name) || /(?:^|\/)(?:redis|valkey)$/.test(repositoryOf(image));

function folderOf(redis: Container, task: Arguments, module: Module): string | undefined {
  const mounted = (redis.mountPoints ?? []).map(({ sourceVolume }) => sourceVolume);
  const folders = blocksOf(task["volume"])
    .filter(({ name }) => mounted.includes(String(name)))
    .map((volume) => kept(volume, module));
  return folders.find((each) => each !== undefined);
}

/** Undefined for a volume that ends with its task. */
function kept(volume: Arguments, module: Module): string | undefined {
  const { host_path: path, docker_volume_configuration: docker } = volume;
  const [efs] = blocksOf(volume["efs_volume_configuration"]);
  if (efs !== undefined) return efsFolder(efs, module);
  if (typeof path === "string" && path !== "") return `${path} of the host`;
  const isShared = blocksOf(docker).some(({ scope }) => scope === "shared");
  return isShared ? `the Docker volume ${String(volume["name"])}` : undefined;
}

function efsFolder(efs: Arguments, { blocks }: Module): string {
  const { file_system_id: id, root_directory: root, authorization_config: authorization } = efs;
  const [access] = blocksOf(authorization);
  const point = access?.["access_point_id"];
  const [system = String(id)] = addressesIn(String(id));
  if (typeof point !== "string" || point === "") return `${system}${folderIn(root)}`;
  const [address = point] = addressesIn(point);
  const [directory] = blocksOf(blocks.get(address)?.arguments["root_directory"]);
  return directory === undefined
    ? `${system}, access point ${address}`
    : `${system}${folderIn(directory["path"])}`;
}

const folderIn = (path: unknown): string => (typeof path === "string" && path !== "/" ? path : "");

/** A nested block is an object, or a list of objects. */
const blocksOf = (value: unknown): readonly Arguments[] =>
  [value ?? []].flat().filter((each): each is Arguments => typeof each === "object");
