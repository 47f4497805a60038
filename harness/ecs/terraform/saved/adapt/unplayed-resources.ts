import type { Block } from "../../configuration/module.ts";
import { parseSymbol } from "../../expression/symbol.ts";
import { rowOf } from "../../types/index.ts";
import { isRecord } from "../../expression/values.ts";
import type { Note } from "../note.ts";

// Resources that a plan may have and whose services run without them. Each is left out with a note.

/** Protocols of network and gateway load balancers. */
const NOT_HTTP = new Set<unknown>(["TCP", "UDP", "TLS", "TCP_UDP", "GENEVE", "QUIC", "TCP_QUIC"]);

interface Left {
  readonly blocks: readonly Block[];
  readonly notes: readonly Note[];
}

/** The resources without those that are not played. */
export function withoutUnplayedResources(all: readonly Block[]): Left {
  const notes: Note[] = [];
  const out = new Set<string>();
  for (const block of all) {
    const because = whyLeftOut(block, all);
    if (because === undefined) continue;
    out.add(block.address);
    if (because !== "")
      notes.push({ address: block.address, text: `is not played, because ${because}` });
  }
  // What belongs to a load balancer that is left out goes with it.
  for (const { address, arguments: given } of all) {
    const parents = [given["load_balancer_arn"], given["listener_arn"]];
    if (parents.some((parent) => refersTo(parent, out))) out.add(address);
  }
  const blocks = all
    .filter(({ address }) => !out.has(address))
    .map((block) => withoutTargets(withoutLambda(block, notes), out, notes));
  return { blocks, notes };
}

/** Why a resource is left out: "" without a note of its own, undefined if it stays. */
function whyLeftOut(
  { type, kind, arguments: given }: Block,
  all: readonly Block[],
): string | undefined {
  if (kind !== "resource") return undefined;
  const { leftOut } = rowOf(type);
  if (leftOut !== undefined) return leftOut;
  const { load_balancer_type: balancer, protocol, scheduling_strategy: strategy } = given;
  switch (type) {
    case "aws_lb":
      return balancer === "network" || balancer === "gateway"
        ? rowOf("aws_elb").leftOut
        : undefined;
    case "aws_lb_target_group":
    case "aws_lb_listener":
      return NOT_HTTP.has(protocol) ? "" : undefined;
    case "aws_ecs_service":
      // A plan of daemons alone is refused.
      return strategy === "DAEMON" && all.some(isReplicated)
        ? "a daemon is not modelled: it would run once on each host"
        : undefined;
    case "aws_lb_listener_rule":
      return isElsewhere(given["listener_arn"])
        ? "its listener is of another folder: tasks are reached at their own ports"
        : undefined;
    default:
      return undefined;
  }
}

/** Whether it is the ARN of a listener or a target group that the plan does not have: others are references. */
const isElsewhere = (value: unknown): boolean =>
  typeof value === "string" && /^arn:[\w-]+:elasticloadbalancing:/.test(value);

const isReplicated = ({ type, arguments: given }: Block): boolean =>
  type === "aws_ecs_service" && given["scheduling_strategy"] !== "DAEMON";

const refersTo = (value: unknown, addresses: ReadonlySet<string>): boolean =>
  typeof value === "string" && addresses.has(parseSymbol(value)?.address ?? "");

const hasOtherGroup = (balancer: unknown): boolean =>
  isRecord(balancer) && isElsewhere(balancer["target_group_arn"]);

/** A service without the target groups that are left out or of another folder, and without classic load balancers. */
function withoutTargets(block: Block, out: ReadonlySet<string>, notes: Note[]): Block {
  if (block.type !== "aws_ecs_service") return block;
  const { load_balancer: balancers, ...rest } = block.arguments;
  if (!Array.isArray(balancers)) return block;
  if (balancers.some(hasOtherGroup)) {
    const text = "its target group is of another folder: tasks are reached at their own ports";
    notes.push({ address: block.address, text });
  }
  const left = balancers.filter(
    (each: unknown) =>
      !isRecord(each) ||
      ((each["elb_name"] ?? "") === "" &&
        !refersTo(each["target_group_arn"], out) &&
        !hasOtherGroup(each)),
  );
  return {
    ...block,
    arguments: { ...rest, ...(left.length > 0 && { load_balancer: left }) },
  };
}

/** The group of a Lambda function has no target here. */
function withoutLambda(block: Block, notes: Note[]): Block {
  const { address, type, arguments: given } = block;
  if (type !== "aws_lb_target_group" || given["target_type"] !== "lambda") return block;
  notes.push({
    address,
    text: "its Lambda function is not run, so its requests get status 503",
  });
  return { ...block, arguments: { ...given, port: 80, target_type: "ip" } };
}
