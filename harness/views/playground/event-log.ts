import { eventLine } from "../event-line.ts";
import { html, type Html } from "../html.ts";
import type { Side } from "./side.ts";

const LINES = 50;

/**
 * The last events of a setup, newest first.
 * @param zero the time shown as 0 s
 */
export function eventLog({ id: side, stage }: Side, zero: number): Html {
  const lines = (stage?.events ?? []).flatMap((event, index) => {
    const text = eventLine(event);
    return text === undefined ? [] : [{ index, text, at: event.at }];
  });
  return html`<ol>
    ${lines
      .slice(-LINES)
      .toReversed()
      .map(
        ({ index, text, at }) =>
          html`<li id="${side}-event-${index}">
            <time>${((at - zero) / 1_000).toFixed(1)} s</time> ${text}
          </li>`,
      )}
  </ol>`;
}
