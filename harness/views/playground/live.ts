import type { ServerResponse } from "node:http";
import type { Playground } from "./playground.ts";
import { type Sections, sectionsOf } from "./sections.ts";

/** Milliseconds between two updates. */
const PACE = 500;
/** Milliseconds from an event to its update. */
const SOON = 50;

/** Sends the page's sections to every connected browser as server-sent events: first all, then changes. */
export class Live {
  readonly #playground: Playground;
  /** The browsers, with the last markup sent for each section. */
  readonly #listeners = new Map<ServerResponse, Map<string, string>>();
  readonly #stopListening: () => void;
  #timer: NodeJS.Timeout | undefined;
  #due = Number.POSITIVE_INFINITY;

  constructor(playground: Playground) {
    this.#playground = playground;
    this.#stopListening = playground.onChange(() => this.#schedule(SOON));
  }

  /** Answers a request for the stream. */
  add(response: ServerResponse): void {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(`retry: 500\nevent: playground\ndata: ${this.#playground.id}\n\n`);
    const shown = new Map<string, string>();
    this.#listeners.set(response, shown);
    response.once("close", () => void this.#listeners.delete(response));
    send(response, shown, sectionsOf(this.#playground));
    this.#schedule(PACE);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#stopListening();
    for (const listener of this.#listeners.keys()) listener.end();
  }

  #schedule(delay: number): void {
    const due = performance.now() + delay;
    if (due >= this.#due || this.#listeners.size === 0) return;
    clearTimeout(this.#timer);
    this.#due = due;
    this.#timer = setTimeout(() => this.#show(), delay);
  }

  #show(): void {
    this.#due = Number.POSITIVE_INFINITY;
    const sections = sectionsOf(this.#playground);
    for (const [listener, shown] of this.#listeners) send(listener, shown, sections);
    this.#schedule(PACE);
  }
}

function send(response: ServerResponse, shown: Map<string, string>, sections: Sections): void {
  // A slow browser skips updates.
  if (response.writableNeedDrain) return;
  const changed = [...sections]
    .map(([id, { markup }]) => [id, markup] as const)
    .filter(([id, markup]) => shown.get(id) !== markup);
  for (const [id, markup] of changed) shown.set(id, markup);
  response.write(`event: sections\ndata: ${JSON.stringify(Object.fromEntries(changed))}\n\n`);
}
