import type { Block } from "../../configuration/module.ts";
import { isRecord } from "../../expression/values.ts";
import type { Note } from "../note.ts";
import { notPlayed } from "./unplayed-arguments.ts";

const LIKE_HOSTS = new Set<unknown>([
  "attribute:ecs.availability-zone",
  "instanceId",
  "host",
  undefined,
]);

/** A service whose tasks are placed by what the local hosts have, and a note about the rest. */
export function withLocalPlacement(block: Block): { block: Block; notes: readonly Note[] } {
  if (block.type !== "aws_ecs_service") return { block, notes: [] };
  const {
    ordered_placement_strategy: strategies,
    placement_constraints: constraints,
    ...rest
  } = block.arguments;
  const notes: Note[] = [];
  const say = (what: string, because: string): void => {
    notes.push(notPlayed(block.address, what, because));
  };
  const placed = listOf(strategies).map((each) => localStrategy(each, say));
  const left = listOf(constraints).filter((each) => {
    const isAttribute = isRecord(each) && each["type"] === "memberOf";
    if (isAttribute) say("the placement constraint memberOf", "all local hosts are alike");
    return !isAttribute;
  });
  return {
    block: {
      ...block,
      arguments: {
        ...rest,
        ...(placed.length > 0 && { ordered_placement_strategy: placed }),
        ...(left.length > 0 && { placement_constraints: left }),
      },
    },
    notes,
  };
}

const listOf = (value: unknown): readonly unknown[] => [value ?? []].flat();

function localStrategy(strategy: unknown, say: (what: string, because: string) => void): unknown {
  if (!isRecord(strategy)) return strategy;
  const { type, field } = strategy;
  if (type === "binpack" && String(field).toLowerCase() === "cpu") {
    say("packing by CPU", "the CPU of the local hosts is not counted; tasks are packed by memory");
    return { ...strategy, field: "memory" };
  }
  if (type === "spread" && !LIKE_HOSTS.has(field)) {
    say(
      `spreading over ${String(field)}`,
      "all local hosts are alike; tasks are spread over hosts",
    );
    return { type };
  }
  return strategy;
}
