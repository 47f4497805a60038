import type { ServerResponse } from "node:http";
import type { Playground } from "./playground.ts";
import { type Sections, sectionsOf } from "./sections.ts";

/** Milliseconds between two updates. */
const PACE = 500;
/** Milliseconds from an event to the update that shows it. */
const SOON = 50;

/** Sends the page's sections to every browser that listens, as server-sent events. */
export class Live {
  readonly #playground: Playground;
  readonly #listeners = new Set<ServerResponse>();
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
    response.write("retry: 500\n\n");
    this.#listeners.add(response);
    response.once("close", () => void this.#listeners.delete(response));
    send(response, sectionsOf(this.#playground));
    this.#schedule(PACE);
  }

  /** Ends every stream. */
  close(): void {
    clearTimeout(this.#timer);
    this.#stopListening();
    for (const listener of this.#listeners) listener.end();
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
    for (const listener of this.#listeners) send(listener, sections);
    this.#schedule(PACE);
  }
}

function send(response: ServerResponse, sections: Sections): void {
  // A browser that does not keep up gets a later update.
  if (response.writableNeedDrain) return;
  const markup = [...sections].map(([id, section]) => [id, section.markup]);
  response.write(`event: sections\ndata: ${JSON.stringify(Object.fromEntries(markup))}\n\n`);
}
