import type { Recording } from "../../plays/stage/recording.ts";
import { eventLine } from "../event-line.ts";
import { html, type Html } from "../html.ts";
import type { TimeScale } from "../timeline/time-scale.ts";

/** All events in words, folded: what the timeline has no room for. */
export function eventLog({ events }: Recording, { words }: TimeScale): Html {
  const lines = events.flatMap((event) => {
    const text = eventLine(event);
    return text === undefined ? [] : [{ at: event.at, text }];
  });
  if (lines.length === 0) return html``;
  return html`<details>
    <summary>Everything that happened <small>${lines.length}</small></summary>
    <div class="scroll" tabindex="0" role="region" aria-label="Everything that happened">
      <table>
        <tbody>
          ${lines.map(
            ({ at, text }) =>
              html`<tr>
                <th scope="row">${words(at)}</th>
                <td>${text}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </details>`;
}
