import type { Block } from "../../configuration/module.ts";
import { withoutLogin } from "./authentication.ts";
import { withDeploymentNotes } from "./deployment-notes.ts";
import { onLocalHosts } from "./launch.ts";
import { notesOnHosts } from "./local-hosts.ts";
import { withLocalPlacement } from "./local-placement.ts";
import type { Note } from "../note.ts";
import { withPlayableContainers } from "./playable-containers.ts";
import { withTrafficPorts } from "./traffic-port.ts";
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
