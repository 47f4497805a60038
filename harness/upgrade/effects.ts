import { DEPLOYED, reachedFrom, type Upgrade, type UpgradeChange } from "../ecs/index.ts";
import { MANAGED } from "../plays/setups/template.ts";
import { type Effect, type Notice, worstFirst } from "./notice.ts";
import { ofData } from "./redis-data.ts";
import { isMissed } from "./security-rules.ts";

/** Actions after which AWS has another resource. */
const ANEW: ReadonlySet<string> = new Set(["replace", "readdress", "destroy"]);

/**
 * The notices about an upgrade.
 * @param redis the name of the ECS service of Redis. Undefined if Redis is not on ECS
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
  // If the data are lost, folders and versions need no comparison.
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
    const what = "Terraform refuses to replace it, because lifecycle.prevent_destroy is set";
    yield { effect: "refused", address, what, advice: "revert the change of the argument" };
  }
}

const RESTART =
  "deploy at a quiet time: one Redis ends before the next one starts and loads its data";
const PLAN = "run terraform plan before you deploy";

/**
 * The effect of a change on a Redis on ElastiCache. Terraform's final snapshot of a destroyed group does not replace
 * a running copy.
 */
function* ofManaged({ address, type, action }: UpgradeChange): Generator<Notice> {
  if (type !== MANAGED) return;
  if (ANEW.has(action)) {
    const what = "the replication group is destroyed with its data";
    const advice = "make sure that Redis has its data in another place, or revert the change";
    yield { effect: "loses data", address, what, advice };
  } else if (action === "unknown") {
    const what = "unknown whether an empty group replaces it";
    yield { effect: "unknown", address, what, advice: PLAN };
  }
}

/** The context for the effects of changes. */
interface Surroundings {
  readonly upgrade: Upgrade;
  /** The address of the ECS service of Redis. */
  readonly service: string;
  /** The addresses that it refers to, directly or not. */
  readonly near: ReadonlySet<string>;
}

/** The effect of a changed resource on Redis. */
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
    const advice = "make sure that Redis has its data in the new place";
    yield say("leaves data", "Redis ends: its service is destroyed", advice);
  } else if (address === service && isAnew) {
    yield say(
      "restarts",
      `Redis restarts: its service is created again (${whyOf(change)})`,
      RESTART,
    );
  } else if (address === service) {
    const deployed = names.filter((name) => DEPLOYED.has(name));
    if (names.includes("force_new_deployment") || deployed.length > 0) {
      const why = deployed.join(", ") || "force_new_deployment";
      yield say("restarts", `Redis restarts: ECS deploys its service for ${why}`, RESTART);
    }
  } else if (near.has(address) && action === "unknown") {
    yield say("unknown", "unknown whether it is replaced, which may restart Redis", PLAN);
  } else if (type === "aws_efs_file_system" && isAnew) {
    const advice = "restore a backup into the new one, or revert the change";
    yield say("loses data", "the file system is destroyed with the data of Redis", advice);
  } else if (type === "aws_efs_file_system" && action === "forget") {
    const what =
      "Terraform no longer manages the file system: it stays in AWS with the data of Redis";
    const advice =
      "make sure that Redis has its data in the new place, then delete the file system manually";
    yield say("leaves data", what, advice);
  } else if (type === "aws_efs_mount_target" && action === "destroy") {
    const advice = "set the hosts in its zone to DRAINING in ECS first";
    yield say("cut off", "a Redis on a host in its zone loses its file system", advice);
  } else if (type === "aws_efs_mount_target" && isAnew) {
    yield say("cut off", "Redis loses its file system until the mount target is back", RESTART);
  } else if (HOSTS.has(type)) yield* ofHosts(change);
  else if (near.has(address) && isAnew && type === "aws_service_discovery_service") {
    yield say("cut off", "the SRV record of Redis is removed and added again", RESTART);
  } else if (type.startsWith("aws_vpc_security_group_") || type === "aws_security_group") {
    // A removed group has no members left.
    const isOver =
      type === "aws_security_group" ? action === "destroy" : !isMissed(address, upgrade);
    if (!isAnew || isOver) return;
    const advice = "check what the rule allows, and add the new rule in an earlier upgrade";
    yield say("cut off", "connections that need it fail until the new rule exists", advice);
  }
}

const HOSTS: ReadonlySet<string> = new Set(["aws_launch_template", "aws_autoscaling_group"]);

/** Without an instance refresh, a launch template applies only to new hosts. */
function* ofHosts({ address, type, action, arguments: names }: UpgradeChange): Generator<Notice> {
  if (ANEW.has(action) && type === "aws_autoscaling_group") {
    const what = "Redis restarts: all hosts are replaced";
    yield { effect: "restarts", address, what, advice: RESTART };
  }
  const ending = ["vpc_zone_identifier", "max_size", "instance_refresh"];
  const found = names.filter((name) => ending.includes(name));
  if (type === "aws_autoscaling_group" && action === "change" && found.length > 0) {
    const what = `unknown whether ${found.join(", ")} ends the host of Redis`;
    const advice = "check which hosts would end, and set them to DRAINING in ECS first";
    yield { effect: "may restart", address, what, advice };
  }
  if (type === "aws_launch_template") {
    const what = "running hosts do not change: it applies to hosts that start later";
    const advice = "replace the hosts (docs/operations.md, Roll the hosts); that moves Redis once";
    yield { effect: "none", address, what, advice };
  }
}

const whyOf = ({ action, forcedBy }: UpgradeChange): string =>
  forcedBy.length > 0 ? forcedBy.join(", ") : action === "replace" ? "a trigger" : action;
