import { group } from "d3-array";
import type { Expectation, Recording } from "../../plays/stage/recording.ts";
import { html, type Html } from "../html.ts";

export function expectationsList({ expectations }: Recording): Html {
  return html`${[...group(expectations, ({ step }) => step)].map(
    ([step, claims]) =>
      html`<h4>${step}</h4>
        <ul class="claims">
          ${claims.map(claimItem)}
        </ul>`,
  )}`;
}

function claimItem(expectation: Expectation): Html {
  const { claim, seen, isFlaw } = expectation;
  const { name, sign, words } = markOf(expectation);
  return html`<li>
    <b class="${name}" role="img" aria-label="${words}">${sign}</b>
    <span>${isFlaw && "known flaw: "}${claim} <small>seen: ${seen}</small></span>
  </li>`;
}

function markOf({ held, isFlaw }: Expectation) {
  if (!held) return { name: "broken", sign: "✗", words: isFlaw ? "not seen" : "did not hold" };
  if (isFlaw) return { name: "shown", sign: "!", words: "seen" };
  return { name: "held", sign: "✓", words: "held" };
}
