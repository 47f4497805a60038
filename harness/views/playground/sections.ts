import type { Html } from "../html.ts";
import { actionCard, busyLine } from "./action-cards.ts";
import { actions } from "./actions.ts";
import { eventLog } from "./event-log.ts";
import { hosts, records, strips } from "./picture.ts";
import type { Playground } from "./playground.ts";
import { announcement, status } from "./status.ts";

/** The changing parts of the page, by element id. */
export type Sections = ReadonlyMap<string, Html>;

export function sectionsOf(playground: Playground): Sections {
  const { sides, startedAt } = playground;
  return new Map([
    ["status", status(sides)],
    ["announcement", announcement(playground)],
    ["busy", busyLine(playground)],
    ...actions.map((action) => [cardId(action), actionCard(action, playground)] as const),
    ...strips(sides, startedAt).map(
      (strip, index) => [`${sides[index]?.id}-strip`, strip] as const,
    ),
    ...sides.flatMap((side): [string, Html][] => [
      [`${side.id}-hosts`, hosts(side)],
      [`${side.id}-records`, records(side)],
      [`${side.id}-log`, eventLog(side, startedAt)],
    ]),
  ]);
}

/** The element id of a card. */
export const cardId = ({ fault }: (typeof actions)[number]): string => `card-${fault.name}`;
