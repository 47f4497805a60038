import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { html, type Html } from "../html.ts";
import { STYLE } from "../style.ts";
import type { Sections } from "./sections.ts";

const read = (url: string | URL): string => readFileSync(fileURLToPath(url), "utf8");
const own = (name: string): string => read(new URL(`page/${name}`, import.meta.url));

/** What the page loads, by path: its type and its text. */
export const ASSETS: ReadonlyMap<string, { readonly type: string; readonly text: string }> =
  new Map([
    ["/style.css", { type: "text/css", text: `${STYLE}\n${own("style.css")}` }],
    ["/playground.js", { type: "text/javascript", text: own("playground.js") }],
    // Changes elements in place, so that focus and open parts stay.
    [
      "/idiomorph.js",
      {
        type: "text/javascript",
        text: read(import.meta.resolve("idiomorph/dist/idiomorph.esm.js")),
      },
    ],
  ]);

/** The page as it is now; its script keeps it up to date. */
export function renderPage(environment: string, sections: Sections): string {
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
      <body class="playground">
        <header>
          <h1>Playground: ${environment}</h1>
          <p id="connection" role="status">Not connected</p>
          <p><a href="/report" target="_blank">Report of all that happened</a></p>
        </header>
        ${main(sections)}
      </body>
    </html>`.markup;
}

function main(sections: Sections): Html {
  return html`<main>
    <section class="state" aria-label="State">
      <div id="status" role="status">${sections.status}</div>
      <p id="message" role="alert"></p>
    </section>
    <section aria-labelledby="actions-title">
      <h2 id="actions-title">Break it, change it</h2>
      <ul id="actions">
        ${sections.actions}
      </ul>
    </section>
    <div class="columns">
      ${section("users", "Users", sections.users)}
      ${section("records", "DNS records", sections.records)}
    </div>
    <section aria-labelledby="hosts-title">
      <h2 id="hosts-title">Hosts and tasks</h2>
      <ul id="hosts">
        ${sections.hosts}
      </ul>
    </section>
    ${section("timeline", "The last minute", sections.timeline)}
    <section aria-labelledby="log-title">
      <h2 id="log-title">Events</h2>
      <div id="log" class="scroll" tabindex="0" role="region" aria-label="Events, newest first">
        ${sections.log}
      </div>
    </section>
  </main>`;
}

function section(id: keyof Sections, title: string, content: Html): Html {
  return html`<section aria-labelledby="${id}-title">
    <h2 id="${id}-title">${title}</h2>
    <div id="${id}">${content}</div>
  </section>`;
}
