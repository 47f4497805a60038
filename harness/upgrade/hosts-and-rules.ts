import type { PlannedChange, PlannedChanges } from "../ecs/index.ts";
import { ANEW, type Notice, RESTART } from "./notice.ts";
import { isMissed, RULES } from "./security-rules.ts";

/** The effect on the hosts of Redis, and on the rules that let connections through. */
export function* ofHostsAndRules(
  change: PlannedChange,
  planned: PlannedChanges,
): Generator<Notice> {
  const { address, type, action, arguments: names } = change;
  if (type === "aws_autoscaling_group" && ANEW.has(action)) {
    const what = `Redis restarts: all hosts of the group are ${action === "replace" ? "replaced" : "destroyed"}`;
    yield { effect: "restarts", address, what, advice: RESTART };
  } else if (type === "aws_autoscaling_group" && action === "change") {
    const ending = ["vpc_zone_identifier", "max_size", "instance_refresh"];
    const found = names.filter((name) => ending.includes(name));
    if (found.length === 0) return;
    const what = `unknown whether ${found.join(", ")} ends the host of Redis`;
    const advice = "check which hosts would end, and set them to DRAINING in ECS first";
    yield { effect: "may restart", address, what, advice };
  } else if (type === "aws_launch_template" && action !== "create") {
    // Without an instance refresh, a launch template applies only to new hosts.
    const what = "running hosts do not change: it applies to hosts that start later";
    const advice = "replace the hosts (docs/operations.md, Roll the hosts); that moves Redis once";
    yield { effect: "none", address, what, advice };
  } else if (RULES.has(type) && ANEW.has(action) && isMissed(change, planned)) {
    const until = action === "replace" ? " until the new rule exists" : "";
    const what = `connections that need it fail${until}`;
    const advice = "check what the rule allows, and add the new rule in an earlier change";
    yield { effect: "cut off", address, what, advice };
  } else if (type === "aws_security_group" && action === "replace") {
    const what = "connections that its rules allow fail until the new rules exist";
    const advice = "add the new group in an earlier change";
    yield { effect: "cut off", address, what, advice };
  }
}
