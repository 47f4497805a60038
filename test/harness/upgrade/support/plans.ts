import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

// Plans made from a recorded one: an app release of `stg`, with everything of Redis unchanged.

const RECORDED = join(import.meta.dirname, "../../../support/plans");

type Values = Readonly<Record<string, unknown>>;

interface Change {
  readonly actions: readonly string[];
  readonly before: Values | null;
  readonly after: Values | null;
  readonly after_unknown?: object;
  readonly replace_paths?: readonly (readonly string[])[];
}

export interface Resource {
  readonly address: string;
  readonly type: string;
  readonly previous_address?: string;
  readonly change: Change;
}

export interface PlanContent {
  readonly resource_changes: readonly Resource[];
  readonly configuration: {
    readonly root_module: {
      readonly resources: readonly { readonly address: string; readonly expressions: object }[];
    };
  };
}

export const recorded = (name: string): PlanContent =>
  JSON.parse(
    readFileSync(
      join(RECORDED, name.endsWith(".state") ? `${name}.json` : `${name}.plan.json`),
      "utf8",
    ),
  ) as PlanContent;

export const APP_RELEASE = recorded("stg-app-release");

export const SERVICE = "aws_ecs_service.redis_service";
export const TASK = "aws_ecs_task_definition.redis_task_definition";
export const SYSTEM = "aws_efs_file_system.storage_efs";
export const ACCESS = "aws_efs_access_point.storage_access_point";

export const withResource = (
  plan: PlanContent,
  address: string,
  edit: (resource: Resource) => Resource,
): PlanContent => ({
  ...plan,
  resource_changes: plan.resource_changes.map((each) =>
    each.address === address ? edit(each) : each,
  ),
});

/** The plan with other changes of a resource, which has its values now. */
export const changing = (
  plan: PlanContent,
  address: string,
  change: (before: Values) => Omit<Change, "before">,
): PlanContent =>
  withResource(plan, address, (resource) => {
    const before = resource.change.before ?? {};
    return { ...resource, change: { before, ...change(before) } };
  });

/** Nothing changes. */
export const NOTHING: PlanContent = {
  ...APP_RELEASE,
  resource_changes: APP_RELEASE.resource_changes.map((each) => ({
    ...each,
    change: { actions: ["no-op"], before: each.change.before, after: each.change.before },
  })),
};

const without = (values: Values, names: readonly string[]): Values =>
  Object.fromEntries(Object.entries(values).filter(([name]) => !names.includes(name)));

/** The plan replaces a resource. @param path the argument that forces it, with its new value, if it is known */
export function replacing(
  plan: PlanContent,
  address: string,
  [name, value]: readonly [name: string, value?: unknown],
  unknown: readonly string[] = ["arn", "id"],
): PlanContent {
  return changing(plan, address, (before) => ({
    actions: ["delete", "create"],
    after: { ...without(before, unknown), ...(value !== undefined && { [name]: value }) },
    after_unknown: Object.fromEntries(unknown.map((each) => [each, true])),
    replace_paths: [[name]],
  }));
}

/** The plan deploys another revision of Redis' task definition. */
export function deployingRedis(
  plan: PlanContent,
  name: string,
  edit: (value: unknown) => unknown,
): PlanContent {
  const task = plan.resource_changes.find(({ address }) => address === TASK);
  const value = edit(task?.change.before?.[name]);
  const revision = ["arn", "arn_without_revision", "id", "revision"];
  const replaced = replacing(plan, TASK, [name, value], revision);
  const deployed = changing(replaced, SERVICE, (before) => ({
    actions: ["update"],
    after: without(before, ["task_definition"]),
    after_unknown: { task_definition: true },
  }));
  return referring(deployed, SERVICE, { task_definition: { references: [`${TASK}.arn`] } });
}

/** The plan with expressions in its configuration. The recorded one has only those of the app. */
const referring = (plan: PlanContent, address: string, expressions: object): PlanContent => ({
  ...plan,
  configuration: {
    root_module: {
      resources: plan.configuration.root_module.resources.map((each) =>
        each.address === address
          ? { ...each, expressions: { ...each.expressions, ...expressions } }
          : each,
      ),
    },
  },
});

const replaceImage = (image: string) => (containers: unknown) =>
  String(containers).replace(/"image":"[^"]*redis[^"]*"/, `"image":"${image}"`);

/** The plan deploys Redis with another image. */
export const withImage = (image: string, plan = NOTHING): PlanContent =>
  deployingRedis(plan, "container_definitions", replaceImage(image));

/** A volume in the structure of values, of marks of unknown values, or of expressions. */
const volumeOf = (system: unknown, point: unknown, more: object = {}) => ({
  efs_volume_configuration: [
    {
      ...more,
      file_system_id: system,
      authorization_config: [{ access_point_id: point, iam: "ENABLED" }],
    },
  ],
});

const to = (address: string) => ({ references: [`${address}.id`, address] });

const IDS = ["arn", "id", "file_system_arn", "file_system_id"];

/** The plan deploys Redis with a volume whose access point is replaced. @param system the id of the file system, if it is known */
function mounting(plan: PlanContent, system?: string): PlanContent {
  const encrypted = { root_directory: "/", transit_encryption: "ENABLED" };
  const volume = { ...volumeOf(system, undefined, encrypted), name: "data" };
  const redis = withResource(
    deployingRedis(plan, "volume", () => [volume]),
    TASK,
    (resource) => {
      const marks = [volumeOf(system === undefined, true)];
      const unknown = { ...resource.change.after_unknown, volume: marks };
      return { ...resource, change: { ...resource.change, after_unknown: unknown } };
    },
  );
  const task = referring(redis, TASK, { volume: [volumeOf(to(SYSTEM), to(ACCESS))] });
  return referring(task, ACCESS, { file_system_id: to(SYSTEM) });
}

/** The plan replaces the file system, its access point and the task definition that mounts it. */
export function withOtherFileSystem(): PlanContent {
  const system = replacing(NOTHING, SYSTEM, ["encrypted", false], ["arn", "id", "dns_name"]);
  return mounting(replacing(system, ACCESS, ["file_system_id"], IDS));
}

/** The plan deploys Redis with another folder of its file system. */
export function withOtherFolder(): PlanContent {
  const system = NOTHING.resource_changes.find(({ address }) => address === SYSTEM);
  const folder = ["root_directory", [{ path: "/other" }]] as const;
  const access = replacing(NOTHING, ACCESS, folder, ["arn", "id"]);
  return mounting(access, String(system?.change.before?.["id"]));
}

/** A folder for the files of plans. */
export function planFiles() {
  const folder = mkdtempSync(join(tmpdir(), "upgrade-"));
  return {
    write(plan: object, name = "plan.json"): string {
      const file = join(folder, name);
      writeFileSync(file, JSON.stringify(plan));
      return file;
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}
