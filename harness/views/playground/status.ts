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
      <p class="title">${title}</p>
      <p class="now">Does not run</p>
      <p>${error}</p>
    </div>`;
  }
  return html`<div id="${id}-status" class="cell ${verdict}">
    <p class="title">${title}</p>
    <p class="now">${VERDICTS[verdict]}</p>
    <p class="rates">
      <span><b>${served.toFixed(1)}</b> served,</span>
      <span class="${failed > 0 && "broken"}"
        ><b>${failed.toFixed(1)}</b> failed a second${waiting > 0 && ","}</span
      >
      ${waiting > 0 && html`<span>${waiting} wait</span>`}
    </p>
    ${servicesNow(side)} ${brokenNow(side)}
  </div>`;
}

/** The running action and the number of tasks. */
function servicesNow({ current, stage }: Side): Html {
  const services = stage?.ecs.services ?? [];
  const isStable = services.every(({ stable }) => stable);
  const work = current === undefined ? "ECS is working" : `${current} …`;
  const tasks = services.map(({ name, tasks: all, desiredCount }) => {
    const running = all.filter(({ status: each }) => each === "RUNNING").length;
    return `${name} ${running} of ${desiredCount}`;
  });
  const words = current === undefined && isStable ? "Services are stable" : work;
  return html`<p class="services">
    ${words}${tasks.length > 0 && html`<span>; tasks: ${tasks.join(", ")}</span>`}
  </p>`;
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
