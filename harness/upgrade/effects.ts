import { DEPLOYED, reachedFrom, type Upgrade, type UpgradeChange } from "../ecs/index.ts";
import { MANAGED } from "../plays/setups/template.ts";
import { type Effect, type Notice, worstFirst } from "./notice.ts";
import { ofData } from "./redis-data.ts";
import { isMissed } from "./security-rules.ts";

/** Actions after which AWS has another resource. */
const ANEW: ReadonlySet<string> = new Set(["replace", "readdress", "destroy"]);

/**
 * What to know of an upgrade before it happens.
 * @param redis the name of the ECS service of Redis; undefined where Redis is none
 */
export function noticesOf(upgrade: Upgrade, redis: string | undefined): Notice[] {
  const { before, after, changes } = upgrade;
  const named = ({ declared }: Upgrade["after"]): string | undefined =>
    [...declared.values()].find(
      ({ type, arguments: args }) => type === "aws_ecs_service" && args["name"] === redis,
    )?.address;
  const service = named(after) ?? named(before);
  const near = new Set(
    [before, after].flatMap((template) => {
      const address = named(template);
      return address === undefined ? [] : [...reachedFrom(template, address)];
    }),
  );
  const notices = changes.flatMap((change) => [
    ...ofState(change),
    ...ofManaged(change),
    ...(service === undefined ? [] : ofRedis(change, { upgrade, service, near })),
  ]);
  // Of data that are gone neither a folder nor a version is left to compare.
  const isGone = notices.some(({ effect }) => effect === "loses data" || effect === "leaves data");
  const isEnding = changes.some(
    ({ address, action }) => address === service && action === "destroy",
  );
  return [...notices, ...(isGone ? [] : ofData(upgrade, redis))]
    .filter(({ effect }) => !isEnding || effect !== "cut off")
    .toSorted(worstFirst);
}

function* ofState({ address, from, action, isRefused }: UpgradeChange): Generator<Notice> {
  if (action === "readdress") {
    const what = `its address changes from ${from} to ${address}: without a moved block Terraform destroys it and creates it again`;
    const advice = `in the stack: this.addOverride("moved", [{ from: "${from}", to: "${address}" }])`;
    yield { effect: "address", address, what, advice };
  }
  if (isRefused) {
    const what = "it would be replaced, and lifecycle.prevent_destroy is set: Terraform refuses";
    yield { effect: "refused", address, what, advice: "take the change of the argument back" };
  }
}

const RESTART =
  "deploy when users can wait: one Redis ends before the next one starts and loads its data";
const PLAN = "run terraform plan before you deploy";

/** What a change means for a Redis on ElastiCache. Terraform's own snapshot of a destroyed group is no copy that runs. */
function* ofManaged({ address, type, action }: UpgradeChange): Generator<Notice> {
  if (type !== MANAGED) return;
  if (ANEW.has(action)) {
    const what = "the replication group is destroyed with its data";
    const advice = "see that Redis has its data in another place, or take the change back";
    yield { effect: "loses data", address, what, advice };
  } else if (action === "unknown") {
    const what = "unknown whether it is replaced, by an empty one";
    yield { effect: "unknown", address, what, advice: PLAN };
  }
}

/** Where the changes of an upgrade are judged from. */
interface Surroundings {
  readonly upgrade: Upgrade;
  /** The address of the ECS service of Redis. */
  readonly service: string;
  /** What it refers to, at any distance. */
  readonly near: ReadonlySet<string>;
}

/** What a change of a resource means for Redis. */
function* ofRedis(
  change: UpgradeChange,
  { upgrade, service, near }: Surroundings,
): Generator<Notice> {
  const { address, type, action, arguments: names } = change;
  const isAnew = ANEW.has(action);
  const say = (effect: Effect, what: string, advice: string): Notice => ({
    effect,
    address,
    what,
    advice,
  });
  if (address === service && action === "destroy") {
    const advice = "see that Redis has its data in the new place";
    yield say("leaves data", "Redis ends: its service is destroyed", advice);
  } else if (address === service && isAnew) {
    yield say("restarts", `Redis restarts: its service is made anew (${whyOf(change)})`, RESTART);
  } else if (address === service) {
    const deployed = names.filter((name) => DEPLOYED.has(name));
    if (names.includes("force_new_deployment") || deployed.length > 0) {
      const why = deployed.join(", ") || "force_new_deployment";
      yield say("restarts", `Redis restarts: ECS deploys its service for ${why}`, RESTART);
    }
  } else if (near.has(address) && action === "unknown") {
    yield say("unknown", "unknown whether it is replaced, which could restart Redis", PLAN);
  } else if (type === "aws_efs_file_system" && isAnew) {
    const advice = "restore a backup into the new one, or take the change back";
    yield say("loses data", "the file system is destroyed with the data of Redis", advice);
  } else if (type === "aws_efs_file_system" && action === "forget") {
    const what = "Terraform forgets the file system: it stays in AWS with the data of Redis";
    const advice = "see that Redis has its data in the new place, then delete it by hand";
    yield say("leaves data", what, advice);
  } else if (type === "aws_efs_mount_target" && action === "destroy") {
    const advice = "set the hosts in its zone to DRAINING in ECS first";
    yield say("cut off", "a Redis on a host in its zone loses its file system", advice);
  } else if (type === "aws_efs_mount_target" && isAnew) {
    yield say("cut off", "Redis loses its file system until the mount target is back", RESTART);
  } else if (HOSTS.has(type)) yield* ofHosts(change);
  else if (near.has(address) && isAnew && type === "aws_service_discovery_service") {
    yield say("cut off", "the SRV record of Redis goes and comes back", RESTART);
  } else if (type.startsWith("aws_vpc_security_group_") || type === "aws_security_group") {
    // A group that goes for good has no one left in it.
    const isOver =
      type === "aws_security_group" ? action === "destroy" : !isMissed(address, upgrade);
    if (!isAnew || isOver) return;
    const advice = "see what the rule lets through, and add the new one in an upgrade before";
    yield say("cut off", "connections that need it are refused until it is back", advice);
  }
}

const HOSTS: ReadonlySet<string> = new Set(["aws_launch_template", "aws_autoscaling_group"]);

/** Without an instance refresh, a launch template counts for the hosts that come after it. */
function* ofHosts({ address, type, action, arguments: names }: UpgradeChange): Generator<Notice> {
  if (ANEW.has(action) && type === "aws_autoscaling_group") {
    const what = "Redis restarts: all hosts are replaced";
    yield { effect: "restarts", address, what, advice: RESTART };
  }
  const ending = ["vpc_zone_identifier", "max_size", "instance_refresh"];
  const found = names.filter((name) => ending.includes(name));
  if (type === "aws_autoscaling_group" && action === "change" && found.length > 0) {
    const what = `unknown whether ${found.join(", ")} ends the host of Redis`;
    const advice = "see which hosts would end, and set them to DRAINING in ECS first";
    yield { effect: "may restart", address, what, advice };
  }
  if (type === "aws_launch_template") {
    const what = "running hosts stay as they are: it counts for hosts that start later";
    const advice = "replace the hosts (docs/operations.md, Roll the hosts); that moves Redis once";
    yield { effect: "none", address, what, advice };
  }
}

const whyOf = ({ action, forcedBy }: UpgradeChange): string =>
  forcedBy.length > 0 ? forcedBy.join(", ") : action === "replace" ? "a trigger" : action;
