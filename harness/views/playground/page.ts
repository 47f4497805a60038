import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { html, type Html } from "../html.ts";
import { STYLE } from "../style.ts";
import { legend } from "../timeline/timeline.ts";
import { type Action, actions } from "./actions.ts";
import type { Playground } from "./playground.ts";
import { cardId, type Sections } from "./sections.ts";
import type { Side } from "./side.ts";

const read = (url: string | URL): string => readFileSync(fileURLToPath(url), "utf8");
const own = (name: string): string => read(new URL(`page/${name}`, import.meta.url));

/** The files of the page, by path. */
export const ASSETS: ReadonlyMap<string, { readonly type: string; readonly text: string }> =
  new Map([
    ["/style.css", { type: "text/css", text: `${STYLE}\n${own("style.css")}` }],
    ["/playground.js", { type: "text/javascript", text: own("playground.js") }],
    // Changes elements in place, so that focus and open details stay.
    [
      "/idiomorph.js",
      {
        type: "text/javascript",
        text: read(import.meta.resolve("idiomorph/dist/idiomorph.esm.js")),
      },
    ],
  ]);

/** Renders the current page. Its script updates it. */
export function renderPage(playground: Playground, sections: Sections): string {
  const { environment } = playground.options;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>Playground: ${environment}</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="/style.css" />
        <script type="module" src="/playground.js"></script>
      </head>
      <body class="playground" data-id="${playground.id}">
        <header>
          <h1>Playground: ${environment}</h1>
          <p id="connection" role="status">Not connected</p>
          <p><a href="/report" target="_blank">Report of the whole run</a></p>
        </header>
        ${main(playground, sections)}
      </body>
    </html>`.markup;
}

function main(playground: Playground, sections: Sections): Html {
  const { sides } = playground;
  const part = (id: string): Html | undefined => sections.get(id);
  return html`<main>
    <section id="status" aria-label="Current status">${part("status")}</section>
    <p id="announcement" class="heard" role="status">${part("announcement")}</p>
    <section aria-labelledby="actions-title">
      <h2 id="actions-title">Faults and changes</h2>
      <p>${introduction(playground)}</p>
      <p id="busy">${part("busy")}</p>
      <ul id="actions">
        ${actions.map((action) => actionItem(action, sections))}
      </ul>
    </section>
    <section aria-labelledby="comparison-title">
      <h2 id="comparison-title">Counts since the first deploy</h2>
      <div id="comparison">${part("comparison")}</div>
    </section>
    <div class="sides">${sides.map((side) => sideSection(side, playground, sections))}</div>
  </main>`;
}

/** The scope of the buttons and the users' requests. */
function introduction({ sides, options }: Playground): string {
  const { users, ownApp } = options;
  const both =
    sides.length > 1
      ? "Each button acts on both setups at once. If a setup cannot have a fault, the card says so. "
      : `Each button acts on the ${sides[0]?.title.toLowerCase()}. `;
  const app = ownApp === undefined ? "" : `The app is “${ownApp}”; its output is in the terminal. `;
  const asked =
    users?.path === undefined
      ? "sign a guest book in Redis or read it"
      : `request GET ${users.path}; an answer other than 2xx is a failure`;
  const lines =
    "The counts under a button run from its press until users and services have recovered, or until another press changes the same setup. A lasting fault counts until its repair.";
  return `${both}${app}About 20 users a second ${asked}. ${lines}`;
}

/** The error of a press is shown by the script. The server does not render it. */
function actionItem(action: Action, sections: Sections): Html {
  const id = cardId(action);
  return html`<li>
    <div id="${id}" class="card">${sections.get(id)}</div>
    <p class="broken" role="alert"></p>
  </li>`;
}

const SETUPS: Readonly<Record<Side["id"], string>> = {
  new: "App and Redis are two services.",
  old: "App and Redis are two containers of one task.",
};

/** Describes a setup and the variables for the user's app. */
function setupWords(
  { id, setup }: Side,
  { ownApp, environment, isPlan = false }: Playground["options"],
): string {
  const { srvName } = setup;
  const url = srvName === undefined ? "redis://redis:6379" : `redis+srv://${srvName}`;
  return [
    SETUPS[id],
    ...(srvName === undefined ? [] : ["The app finds Redis through DNS SRV records."]),
    ...(isPlan ? ["They come from the plan."] : []),
    ...(id === "old" && !isPlan && environment !== "dev"
      ? ["Sizes and times are those of the example environment dev."]
      : []),
    ...(ownApp === undefined || isPlan ? [] : [`The app gets REDIS_URL=${url}.`]),
  ].join(" ");
}

function sideSection(side: Side, { options }: Playground, sections: Sections): Html {
  const named = (name: string, heading: string, content: Html): Html =>
    html`<h3 id="${id}-${name}-title">${heading}</h3>
      ${content}`;
  const { id, title } = side;
  const part = (name: string): Html | undefined => sections.get(`${id}-${name}`);
  return html`<section id="${id}" aria-labelledby="${id}-title">
    <h2 id="${id}-title">${title}</h2>
    <p>${setupWords(side, options)}</p>
    ${named(
      "hosts",
      "Hosts and tasks",
      html`<ul id="${id}-hosts" class="hosts">
        ${part("hosts")}
      </ul>`,
    )}
    ${named(
      "records",
      "DNS records",
      html`<div id="${id}-records" class="records">${part("records")}</div>`,
    )}
    ${named(
      "timeline",
      "The last minute",
      html`<div id="${id}-timeline">${part("timeline")}</div>
        ${legend()}`,
    )}
    ${named(
      "log",
      "Events",
      html`<div
        id="${id}-log"
        class="scroll log"
        tabindex="0"
        role="region"
        aria-label="${title}: events, newest first"
      >
        ${part("log")}
      </div>`,
    )}
  </section>`;
}
