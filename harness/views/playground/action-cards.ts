import { now } from "../../ecs/index.ts";
import { html, type Html } from "../html.ts";
import { costWords } from "../words.ts";
import type { ActionRun, RunPhase } from "./action-run.ts";
import type { Action } from "./actions.ts";
import { busyWords, type Playground } from "./playground.ts";
import type { Side } from "./side.ts";

/** Why no action can begin now. Shown once and linked to each button for screen readers. */
export function busyLine({ busy }: Playground): Html {
  return busy ? html`${busyWords(busy)}. The buttons wait for it.` : html``;
}

/** A button with its description and its cost on both sides. While its fault is active, the button repairs it. */
export function actionCard(action: Action, playground: Playground): Html {
  const { fault, title, description, lasting } = action;
  const { name } = fault;
  const isActive = playground.isActive(action);
  const isWaiting = playground.busy !== undefined && !isActive;
  const address = isActive ? `/actions/${name}/undo` : `/actions/${name}`;
  const effects = playground.sides.flatMap((side) => effectItem(action, side) ?? []);
  return html`<button
      id="${name}"
      type="button"
      data-post="${address}"
      class="${isActive && "active"}"
      aria-describedby="${name}-words${isWaiting && " busy"}"
      aria-disabled="${isWaiting ? "true" : "false"}"
    >
      ${isActive ? lasting?.repairTitle : title}
    </button>
    ${
      effects.length > 0 &&
      html`<ul class="effects" aria-label="${title}: cost">
        ${effects}
      </ul>`
    }
    <small id="${name}-words">${description}</small>`;
}

/** The cost of the last press in a setup. */
function effectItem(action: Action, side: Side): Html | undefined {
  const { id, title } = side;
  const run = side.run(action);
  const { notInOldSetup } = action;
  if (id === "old" && notInOldSetup !== undefined) {
    return html`<li class="quiet"><b>${title}:</b> not possible: ${notInOldSetup}.</li>`;
  }
  if (run === undefined) return undefined;
  return html`<li class="${run.phase.replace(" ", "-")}">
    <b>${title}:</b> ${run.phase !== "failed" && costOf(run)}
    ${run.error !== undefined && html`<span class="broken">${failureWords(run)}</span>`}
  </li>`;
}

const PHASES: Readonly<Record<RunPhase, (time: number) => string>> = {
  "under way": (time) => `under way for ${seconds(time)}`,
  lasting: (time) => `broken for ${seconds(time)}`,
  recovering: (time) => `recovering for ${seconds(time)}`,
  over: (time) => `over after ${seconds(time)}`,
  interrupted: (time) => `counted for ${seconds(time)}, until the next press`,
  failed: () => "",
};

function phaseWords({ phase, at, since }: ActionRun): string {
  const isEnded = phase === "over" || phase === "interrupted";
  return PHASES[phase](isEnded ? since - at : now() - since);
}

const failureWords = ({ phase, error = "" }: ActionRun): string =>
  phase === "failed" ? `not done: ${error}` : `Not repaired: ${error}`;

/** The cost to users and Redis, and for how long it was counted. */
function costOf(run: ActionRun): Html {
  const { cost } = run;
  return html`<span class="${cost.failed > 0 && "broken"}">${costWords(cost)}</span>
    <small>(${phaseWords(run)})</small>`;
}

/** Whole seconds, so that the page does not change all the time. */
const seconds = (milliseconds: number): string => `${Math.round(milliseconds / 1_000)} s`;
