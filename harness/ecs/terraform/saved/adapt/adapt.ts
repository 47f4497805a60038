import type { Block } from "../../configuration/module.ts";
import { onLocalHosts } from "./launch.ts";
import { notesOnHosts } from "./local-hosts.ts";
import { withLocalPlacement } from "./local-placement.ts";
import { parseSymbol } from "../../expression/symbol.ts";
import { rowOf } from "../../types/index.ts";
import { isRecord } from "../../expression/values.ts";
import type { Note } from "../note.ts";
import { withPlayableContainers } from "./playable-containers.ts";
import { withoutUnplayed } from "./unplayed-arguments.ts";
import { withoutUnplayedResources } from "./unplayed-resources.ts";

/** What a resource becomes on this machine. */
interface Adapted {
  readonly block: Block;
  readonly notes: readonly Note[];
}

const EACH: readonly ((block: Block) => Adapted)[] = [
  onLocalHosts,
  withLocalPlacement,
  withoutLogin,
  withPlayableContainers,
  withoutUnplayed,
  withDeploymentNotes,
  withWeightNotes,
];

/** The resources of a plan as they run on this machine, with a note about everything that is not played. */
export function adapted(blocks: readonly Block[]): {
  readonly blocks: readonly Block[];
  readonly notes: readonly Note[];
} {
  const played = withoutUnplayedResources(blocks);
  const each = withTrafficPorts(played.blocks).map((block) =>
    EACH.reduce(applied, { block, notes: [] }),
  );
  return {
    blocks: each.map(({ block }) => block),
    notes: [...played.notes, ...notesOnHosts(played.blocks), ...each.flatMap(({ notes }) => notes)],
  };
}

function applied({ block, notes }: Adapted, change: (block: Block) => Adapted): Adapted {
  const next = change(block);
  return { block: next.block, notes: [...notes, ...next.notes] };
}

/** A listener or a rule that lets users in without a login, and a note if AWS asks for one. */
function withoutLogin(block: Block): Adapted {
  const { actions: argument } = rowOf(block.type);
  const all: unknown = argument === undefined ? undefined : block.arguments[argument];
  if (argument === undefined || !Array.isArray(all)) return { block, notes: [] };
  const left = all.filter((each: unknown) => !isLogin(each));
  if (left.length === all.length || left.length === 0) return { block, notes: [] };
  const note = { address: block.address, text: "no login is asked for: requests are forwarded" };
  return {
    block: { ...block, arguments: { ...block.arguments, [argument]: left } },
    notes: [note],
  };
}

const isLogin = (action: unknown): boolean =>
  isRecord(action) && /^(?:authenticate-|jwt-)/.test(String(action["type"]));

/** How deployments run here, if that differs from the plan. */
function withDeploymentNotes(block: Block): Adapted {
  const { address, type, arguments: given } = block;
  if (type !== "aws_ecs_service") return { block, notes: [] };
  const controller = firstOf(given["deployment_controller"])["type"];
  const { strategy, lifecycle_hook: hooks } = firstOf(given["deployment_configuration"]);
  const texts = [
    ...(controller === "CODE_DEPLOY" || controller === "EXTERNAL"
      ? [`deployment_controller ${controller} is not played: ECS itself rolls out its deployments`]
      : []),
    ...(typeof strategy === "string" && strategy !== "ROLLING"
      ? [`the strategy ${strategy} is not played: its deployments are ROLLING`]
      : []),
    ...([hooks ?? []].flat().length > 0
      ? ["lifecycle_hook is not played, because local processes call no AWS API"]
      : []),
  ];
  return { block, notes: texts.map((text) => ({ address, text })) };
}

/** A listener or a rule that shares out requests between target groups: here one gets them all. */
function withWeightNotes(block: Block): Adapted {
  const { actions: argument } = rowOf(block.type);
  const actions: unknown[] = argument === undefined ? [] : [block.arguments[argument] ?? []].flat();
  const isShared = actions.filter(isRecord).some(({ forward }) => {
    const groups: unknown[] = [firstOf(forward)["target_group"] ?? []].flat();
    return groups.filter((group) => isRecord(group) && group["weight"] !== 0).length > 1;
  });
  const text = "weights are not played: all requests go to the target group with the largest one";
  return { block, notes: isShared ? [{ address: block.address, text }] : [] };
}

/** The only block, or an empty one. */
function firstOf(value: unknown): Readonly<Record<string, unknown>> {
  const [first] = [value].flat();
  return isRecord(first) ? first : {};
}

/**
 * Target groups whose health check names the port that tasks with their own address listen on: that is the port of the
 * traffic. Another port is refused later.
 */
function withTrafficPorts(blocks: readonly Block[]): readonly Block[] {
  const ports = new Map<string, Set<string>>();
  for (const { type, arguments: given } of blocks) {
    const balancers: unknown[] =
      type === "aws_ecs_service" ? [given["load_balancer"] ?? []].flat() : [];
    for (const balancer of balancers.filter(isRecord)) {
      const group = parseSymbol(String(balancer["target_group_arn"]))?.address ?? "";
      const known = ports.get(group) ?? new Set();
      ports.set(group, known.add(String(balancer["container_port"])));
    }
  }
  return blocks.map((block) => withTrafficPort(block, ports.get(block.address)));
}

function withTrafficPort(block: Block, ports: ReadonlySet<string> | undefined): Block {
  const [check, ...more]: unknown[] = [block.arguments["health_check"] ?? []].flat();
  const isOfTasks = block.type === "aws_lb_target_group" && block.arguments["target_type"] === "ip";
  if (!isOfTasks || !isRecord(check) || more.length > 0) return block;
  const [only, ...others] = ports ?? [];
  if (only === undefined || others.length > 0 || String(check["port"]) !== only) return block;
  const health_check = [{ ...check, port: "traffic-port" }];
  return { ...block, arguments: { ...block.arguments, health_check } };
}
