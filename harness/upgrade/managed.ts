import type { PlannedChange } from "../ecs/index.ts";
import type { Notice } from "./notice.ts";

const TYPES: ReadonlySet<string> = new Set([
  "aws_elasticache_replication_group",
  "aws_elasticache_cluster",
  "aws_elasticache_serverless_cache",
]);

/** Arguments for which AWS replaces or restarts nodes. */
const NODES = ["node_type", "engine", "engine_version", "parameter_group_name"];

/** Whether a change is about Redis on ElastiCache. */
export const isManaged = ({ type, before }: PlannedChange): boolean =>
  TYPES.has(type) && before?.["engine"] !== "memcached";

/**
 * The effect of a change on a Redis on ElastiCache. Terraform's final snapshot of a destroyed group does not replace
 * a running copy.
 */
export function* ofManaged(change: PlannedChange): Generator<Notice> {
  if (!isManaged(change)) return;
  const { address, action, arguments: names } = change;
  const found = names.filter((name) => NODES.includes(name));
  if (action === "replace" || action === "destroy") {
    const what = "the replication group is destroyed with its data";
    const advice = "make sure that Redis has its data in another place, or revert the change";
    yield { effect: "loses data", address, what, advice };
  } else if (action === "forget") {
    const what = "Terraform no longer manages the replication group: it stays in AWS with its data";
    const advice = "make sure that the app has its data in the new place";
    yield { effect: "leaves data", address, what, advice };
  } else if (found.length > 0) {
    const what = `AWS replaces or restarts nodes for ${found.join(", ")}, at once or in the maintenance window (apply_immediately)`;
    const advice = "deploy at a quiet time: connections end when another node becomes primary";
    yield { effect: "may restart", address, what, advice };
  }
}
