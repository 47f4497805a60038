import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { html, type Html } from "../html.ts";
import { STYLE } from "../style.ts";
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
          <h1>${sentence(playground)}</h1>
          <p id="connection" role="status">Not connected</p>
          <p><a href="/report" target="_blank">Report of the whole run</a></p>
        </header>
        ${main(playground, sections)}
      </body>
    </html>`.markup;
}

/** What is seen, and what to press first. */
function sentence({ sides, options: { isPlan = false } }: Playground): string {
  const [{ title } = { title: "" }] = sides;
  const only = isPlan ? title : `The ${title.toLowerCase()}`;
  const what = sides.length > 1 ? "The same app runs in two setups" : `${only} runs here`;
  const see = sides.length > 1 ? "where" : "whether";
  return `${what}, live: press “Deploy app” first and see ${see} requests fail.`;
}

function main(playground: Playground, sections: Sections): Html {
  const { sides, options } = playground;
  const part = (id: string): Html | undefined => sections.get(id);
  return html`<main>
    <div id="status" role="region" aria-label="Current status">${part("status")}</div>
    <p id="announcement" class="heard" role="status">${part("announcement")}</p>
    <div class="sides">${sides.map((side) => picture(side, options, sections))}</div>
    <section aria-labelledby="actions-title">
      <h2 id="actions-title">Faults and changes</h2>
      <p id="busy">${part("busy")}</p>
      <ul id="actions">
        ${actions.map((action) => actionItem(action, sections))}
      </ul>
      <p><small>${notes(playground)}</small></p>
    </section>
    <section aria-labelledby="events-title">
      <h2 id="events-title">Events</h2>
      <div class="columns">${sides.map((side) => log(side, sections))}</div>
    </section>
  </main>`;
}

/** The scope of the buttons, the users' requests and what is counted. */
function notes({ sides, options }: Playground): string {
  const { users, ownApp } = options;
  const both = sides.length > 1 ? "Each button acts on both setups at once. " : "";
  const app = ownApp === undefined ? "" : `The app is “${ownApp}”; its output is in the terminal. `;
  const asked =
    users?.path === undefined
      ? "sign a guest book in Redis or read it"
      : `request GET ${users.path}; an answer other than 2xx is a failure`;
  const counts =
    "The cost of a press is counted until users and services have recovered, or until another press changes the same setup; that of a lasting fault until its repair. A task with Redis is loading until a health check has passed. The app is away from the first failure to the next success.";
  return `${both}${app}About 20 users a second ${asked}. ${counts}`;
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
  new: "Redis is a service of its own",
  old: "Redis is in the app's task",
};

/** Notes on a setup with a user's app or environment. */
function setupNote(
  { id, setup: { srvName } }: Side,
  { ownApp, environment, isPlan = false }: Playground["options"],
): string {
  if (isPlan) return "";
  const url = srvName === undefined ? "redis://redis:6379" : `redis+srv://${srvName}`;
  return [
    ...(id === "old" && environment !== "dev"
      ? ["Sizes and times are those of the example environment dev."]
      : []),
    ...(ownApp === undefined ? [] : [`The app gets REDIS_URL=${url}.`]),
  ].join(" ");
}

function picture(side: Side, options: Playground["options"], sections: Sections): Html {
  const { id, title } = side;
  const note = setupNote(side, options);
  return html`<section id="${id}" aria-labelledby="${id}-title">
    <h2 id="${id}-title">${title}: ${SETUPS[id]}</h2>
    ${note !== "" && html`<p><small>${note}</small></p>`}
    <ul id="${id}-hosts" class="hosts" aria-label="Hosts and tasks">
      ${sections.get(`${id}-hosts`)}
    </ul>
    <p id="${id}-records" class="records">${sections.get(`${id}-records`)}</p>
    <div id="${id}-strip">${sections.get(`${id}-strip`)}</div>
  </section>`;
}

const log = ({ id, title }: Side, sections: Sections): Html =>
  html`<div>
    <h3>${title}</h3>
    <div
      id="${id}-log"
      class="scroll log"
      tabindex="0"
      role="region"
      aria-label="${title}: events, newest first"
    >
      ${sections.get(`${id}-log`)}
    </div>
  </div>`;
