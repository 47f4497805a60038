import type { Block } from "../module.ts";
import type { ModelledType } from "../schemas.ts";
import { isRecord } from "./expression-of.ts";
import type { Note } from "./note.ts";
import { isOff } from "./unmodelled.ts";

/** An argument that a plan may have and that is not played, with the reason. */
type Unplayed = readonly [argument: string, because: string];

const IN_TURN = "requests go to the targets in turn";
const PLAIN = "local listeners speak plain HTTP";

/** Arguments whose services run without them. */
export const UNPLAYED: Readonly<Partial<Record<ModelledType, readonly Unplayed[]>>> = {
  aws_ecs_service: [
    ["alarms", "no alarm is raised"],
    ["volume_configuration", "a volume that ECS creates is a folder of the task"],
    ["vpc_lattice_configurations", "services are not part of a lattice"],
  ],
  aws_ecs_task_definition: [
    ["ephemeral_storage", "the size of local files is not limited"],
    ["ipc_mode", "each container is on its own"],
    ["pid_mode", "each container has its own processes"],
    ["placement_constraints", "all local hosts are alike"],
  ],
  aws_lb: [
    ["dns_record_client_routing_policy", "local listeners are reached by address"],
    ["minimum_load_balancer_capacity", "a local load balancer does not scale"],
  ],
  aws_lb_listener: [
    ["alpn_policy", PLAIN],
    ["mutual_authentication", PLAIN],
  ],
  aws_lb_target_group: [
    ["load_balancing_algorithm_type", IN_TURN],
    ["slow_start", "a new target gets its share of the requests at once"],
    ["stickiness", `${IN_TURN}, without cookies`],
  ],
};

/** The algorithm that is played. */
const PLAYED = "round_robin";

/** A resource without the arguments that are not played, and a note about each. */
export function withoutUnplayed(block: Block): { block: Block; notes: readonly Note[] } {
  const unplayed = new Map(UNPLAYED[block.type as ModelledType]);
  const set = Object.entries(block.arguments).filter(([name]) => unplayed.has(name));
  if (set.length === 0) return { block, notes: [] };
  const given = Object.entries(block.arguments).filter(([name]) => !unplayed.has(name));
  const notes = set
    .filter(([, value]) => !isOff(value) && !isDisabled(value) && value !== PLAYED)
    .map(([name]) => notPlayed(block.address, name, unplayed.get(name) ?? ""));
  return { block: { ...block, arguments: Object.fromEntries(given) }, notes };
}

/** Whether it is a block that is turned off. */
function isDisabled(value: unknown): boolean {
  const [only, ...more] = [value].flat();
  if (!isRecord(only) || more.length > 0) return false;
  const switches = ["enabled", "enable", "mode"].filter((name) => Object.hasOwn(only, name));
  return switches.some((name) => only[name] === "passthrough" || isOff(only[name]));
}

/** The note about what is not played. */
export const notPlayed = (address: string, what: string, because: string): Note => ({
  address,
  text: `${what} is not played, because ${because}`,
});
