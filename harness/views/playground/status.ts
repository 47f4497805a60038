import { html, type Html } from "../html.ts";
import { actions } from "./actions.ts";
import { busyWords, type Playground } from "./playground.ts";
import type { Side } from "./side.ts";
import { VERDICTS } from "./users-now.ts";

// The current state of each setup: users first, then services.

/** The status bar, which stays visible. */
export function status(sides: readonly Side[]): Html {
  return html`${sides.map(cell)}`;
}

function cell(side: Side): Html {
  const { id, title, users, error } = side;
  const { served, failed, waiting, verdict } = users;
  if (error !== undefined) {
    return html`<div id="${id}-status" class="cell none">
      <p><span class="title">${title}</span> <b class="now">Does not run</b></p>
      <p>${error}</p>
    </div>`;
  }
  return html`<div id="${id}-status" class="cell ${verdict}">
    <p><span class="title">${title}</span> <b class="now">${VERDICTS[verdict]}</b></p>
    <p class="rates">
      <span><b>${served.toFixed(1)}</b> served,</span>
      <span class="${failed > 0 && "broken"}"
        ><b>${failed.toFixed(1)}</b> failed a second${waiting > 0 && ","}</span
      >
      ${waiting > 0 && html`<span>${waiting} wait</span>`}
      <span class="services">${servicesNow(side)}</span>
    </p>
    ${brokenNow(side)}
  </div>`;
}

function servicesNow({ current, stage }: Side): string {
  if (current !== undefined) return `${current} …`;
  const isStable = (stage?.ecs.services ?? []).every(({ stable }) => stable);
  return isStable ? "Services are stable" : "ECS is working";
}

const statesNow = (side: Side): string[] =>
  actions.flatMap((action) =>
    action.lasting && side.isActive(action) ? [action.lasting.state] : [],
  );

function brokenNow(side: Side): Html | false {
  const states = statesNow(side);
  return states.length > 0 && html`<p class="on-purpose">Broken now: ${states.join(", ")}</p>`;
}

/** For screen readers: only rare changes, so that the page is not read out all the time. */
export function announcement({ sides, busy }: Playground): Html {
  const sentences = sides.map((side) => {
    const { users, error } = side;
    const verdict = VERDICTS[users.verdict === "waiting" ? "served" : users.verdict];
    const words = error === undefined ? verdict.toLowerCase() : "does not run";
    return `${[`${side.title}: ${words}`, ...statesNow(side)].join(", ")}.`;
  });
  return html`${[...(busy ? [`${busyWords(busy)}.`] : []), ...sentences].join(" ")}`;
}
