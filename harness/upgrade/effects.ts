import { DEPLOYED, type PlannedChange, type PlannedChanges } from "../ecs/index.ts";
import { ANEW, type Effect, isLosing, type Notice, RESTART, worstFirst } from "./notice.ts";
import { ofManaged } from "./managed.ts";
import { ofData } from "./redis-data.ts";
import { type Module, reachedFrom, type RedisTask, redisTasksOf } from "./redis-tasks.ts";
import { ofHostsAndRules } from "./hosts-and-rules.ts";

/** A plan: its changes, and its resources before and after them. */
export interface Upgrade extends PlannedChanges {
  readonly before: Module;
  readonly after: Module;
}

/** The notices about a plan, each once, worst first. */
export function noticesOf(upgrade: Upgrade): Notice[] {
  const tasks = redisTasksOf(upgrade.before);
  const { blocks, unread } = upgrade.after;
  const isStaying = tasks.some(({ service }) => blocks.has(service) || unread?.has(service));
  const all = [
    ...upgrade.changes.flatMap((change) => [...ofManaged(change)]),
    ...tasks.flatMap((task) => ofTask(task, upgrade)),
    ...(isStaying ? upgrade.changes.flatMap((each) => [...ofHostsAndRules(each, upgrade)]) : []),
  ];
  const once = new Map(all.map((notice) => [`${notice.address}: ${notice.what}`, notice]));
  return [...once.values()].toSorted(worstFirst);
}

/** What happens to a running Redis. */
function ofTask(was: RedisTask, upgrade: Upgrade): Notice[] {
  const { before, after, changes } = upgrade;
  const near = new Set([...reachedFrom(before, was.service), ...reachedFrom(after, was.service)]);
  const storage = changes
    .filter((change) => near.has(change.address) || isMountOf(was, change, near, upgrade))
    .flatMap((change) => [...ofStorage(change, changes)]);
  const fate = [...ofService(was, upgrade)];
  const isEnding = fate.some(({ effect }) => effect === "leaves data");
  // If the data are lost, folders and versions need no comparison.
  const isGone = isEnding || storage.some(({ effect }) => isLosing(effect));
  const is = redisTasksOf(after).find(({ service }) => service === was.service);
  const isStarting = fate.some(({ effect }) => effect === "restarts");
  const data = isStarting && !isGone && is !== undefined ? [...ofData(was, is)] : [];
  return [...storage.filter(({ effect }) => !isEnding || effect !== "cut off"), ...fate, ...data];
}

/** Whether ECS ends a running Redis, and starts another one. */
function* ofService(was: RedisTask, { after, changes }: Upgrade): Generator<Notice> {
  const { service: address } = was;
  const say = (effect: Effect, what: string, advice: string): Notice => ({
    effect,
    address,
    what,
    advice,
  });
  const change = changes.find((each) => each.address === address);
  const next = redisTasksOf(after);
  if (change !== undefined && isUnread(was, after)) {
    yield say(
      "restarts",
      "Redis restarts with a task definition that is known after apply",
      RESTART,
    );
  } else if (!next.some(({ service }) => service === address) || isStopped(change)) {
    const other = next.find(({ folder }) => folder !== undefined && folder === was.folder);
    const isMoved = other !== undefined && other.service !== address;
    const where = isMoved ? `: ${other.name} starts with its data in ${other.folder}` : "";
    const advice = "make sure that Redis has its data in the new place";
    yield isMoved
      ? say("restarts", `Redis ends in ${was.name}${where}`, RESTART)
      : say("leaves data", `Redis ends: ${was.name} no longer runs it`, advice);
  } else if (change?.action === "replace") {
    const why = change.arguments.join(", ") || "the plan does not say why";
    yield say("restarts", `Redis restarts: its service is created again (${why})`, RESTART);
  } else if (change?.action === "change") {
    const why = deployedFor(change);
    if (why.length === 0) return;
    const is = next.find(({ service }) => service === address);
    const image = is && is.image !== was.image ? ` with ${is.image} in place of ${was.image}` : "";
    const what = `Redis restarts${image}: ECS deploys its service for ${why.join(", ")}`;
    yield say("restarts", what, RESTART);
  }
}

/** Whether the plan does not say yet what a service will run. */
function isUnread({ service, definition }: RedisTask, { blocks, unread }: Module): boolean {
  const next = blocks.get(service);
  const isUnknown = next !== undefined && next.arguments["task_definition"] === undefined;
  return isUnknown || unread?.has(service) === true || unread?.has(definition) === true;
}

const isStopped = (change: PlannedChange | undefined): boolean =>
  change?.arguments.includes("desired_count") === true && change.after?.["desired_count"] === 0;

/** The changed arguments for which ECS deploys a service. */
function deployedFor({ arguments: names, after }: PlannedChange): string[] {
  const deployed = names.filter((name) => DEPLOYED.has(name));
  if (deployed.length > 0 || after?.["force_new_deployment"] !== true) return deployed;
  // UpdateService has no tags, so a change of them alone forces nothing.
  const others = names.filter((name) => name !== "tags" && name !== "tags_all");
  return others.length > 0 ? ["force_new_deployment"] : [];
}

/** The effect on the file system and the records of Redis. */
function* ofStorage(
  { address, type, action }: PlannedChange,
  changes: readonly PlannedChange[],
): Generator<Notice> {
  const isAnew = ANEW.has(action);
  if (type === SYSTEM && isAnew) {
    const what = "the file system is destroyed with the data of Redis";
    const advice = changes.some((each) => each.type === type && each.action === "create")
      ? "revert the change; if the resource only has another address, add a moved block"
      : "revert the change, or make sure that Redis has its data in another place";
    yield { effect: "loses data", address, what, advice };
  } else if (type === SYSTEM && action === "forget") {
    const what =
      "Terraform no longer manages the file system: it stays in AWS with the data of Redis";
    const advice =
      "make sure that Redis has its data in the new place, then delete the file system manually";
    yield { effect: "leaves data", address, what, advice };
  } else if (type === "aws_service_discovery_service" && isAnew) {
    const what = "the record of Redis in Cloud Map is removed and added again";
    yield { effect: "cut off", address, what, advice: RESTART };
  } else if (type === "aws_efs_mount_target" && action === "destroy") {
    const what = "a Redis on a host in its zone loses its file system";
    const advice = "set the hosts in its zone to DRAINING in ECS first";
    yield { effect: "cut off", address, what, advice };
  } else if (type === "aws_efs_mount_target" && isAnew) {
    const what = "Redis loses its file system until the mount target is back";
    yield { effect: "cut off", address, what, advice: RESTART };
  }
}

/** Whether a change is about a mount target of Redis' file system. Nothing refers to mount targets. */
function isMountOf(
  { folder = "" }: RedisTask,
  { type, before }: PlannedChange,
  near: ReadonlySet<string>,
  { changes, unchanged }: Upgrade,
): boolean {
  if (type !== "aws_efs_mount_target") return false;
  const id = before?.["file_system_id"];
  const present = [...changes, ...unchanged.map((each) => ({ ...each, before: each.values }))];
  const isOwn = present.some(
    (each) => near.has(each.address) && each.type === SYSTEM && each.before?.["id"] === id,
  );
  return isOwn || (typeof id === "string" && folder.startsWith(id));
}

const SYSTEM = "aws_efs_file_system";
