import type { Html } from "../html.ts";
import { actionCard, busyLine } from "./action-cards.ts";
import { actions } from "./actions.ts";
import { comparison } from "./comparison.ts";
import type { Playground } from "./playground.ts";
import { hosts, log, recently, records } from "./side-sections.ts";
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
    ["comparison", comparison(sides)],
    ...sides.flatMap((side): [string, Html][] => [
      [`${side.id}-hosts`, hosts(side)],
      [`${side.id}-records`, records(side)],
      [`${side.id}-timeline`, recently(side, startedAt)],
      [`${side.id}-log`, log(side, startedAt)],
    ]),
  ]);
}

/** The element id of a card. */
export const cardId = ({ fault }: (typeof actions)[number]): string => `card-${fault.name}`;
