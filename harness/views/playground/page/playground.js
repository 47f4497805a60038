// Updates the page and sends button presses. The server renders the content.
import { Idiomorph } from "./idiomorph.js";

/** Milliseconds for which the error of a press is shown. It may be outdated later. */
const ERROR_TIME = 15_000;

/** Milliseconds until the next try after the browser has stopped trying. */
const RETRY_TIME = 1_000;

const byId = (id) => document.getElementById(id);

follow();

function follow() {
  const source = new EventSource("/events");
  source.addEventListener("open", () => connected(true));
  source.addEventListener("error", () => {
    connected(false);
    // The browser stops after an answer that is not a stream, for example of another program on the port.
    if (source.readyState === EventSource.CLOSED) setTimeout(follow, RETRY_TIME);
  });
  source.addEventListener("playground", ({ data }) => {
    // Another playground uses this port now, with another page.
    if (data !== document.body.dataset.id) location.reload();
  });
  source.addEventListener("sections", ({ data }) => {
    for (const [id, markup] of Object.entries(JSON.parse(data))) {
      Idiomorph.morph(byId(id), markup, { morphStyle: "innerHTML" });
    }
  });
}

byId("actions").addEventListener("click", ({ target }) => {
  const button = target.closest("[data-post]");
  if (button !== null) void press(button);
});

async function press(button) {
  const error = button.closest("li").querySelector("[role=alert]");
  say(error, "");
  try {
    const response = await fetch(button.dataset.post, { method: "POST" });
    if (!response.ok) say(error, (await response.json()).error);
  } catch {
    say(error, "The playground does not answer. Is it still running?");
  }
}

function say(element, message) {
  element.textContent = message;
  clearTimeout(element.timer);
  if (message !== "") element.timer = setTimeout(() => say(element, ""), ERROR_TIME);
}

function connected(is) {
  byId("connection").textContent = is ? "Live" : "Not connected, retrying …";
  document.body.classList.toggle("stale", !is);
}
