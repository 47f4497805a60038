// Keeps the page as the environments are, and sends what is pressed. The server renders all there is.
import { Idiomorph } from "./idiomorph.js";

/** Milliseconds for which the error of a press is shown: later it may no longer be true. */
const ERROR_TIME = 15_000;

/** Milliseconds until the next try where the browser tries no more. */
const RETRY_TIME = 1_000;

const byId = (id) => document.getElementById(id);

follow();

function follow() {
  const source = new EventSource("/events");
  source.addEventListener("open", () => connected(true));
  source.addEventListener("error", () => {
    connected(false);
    // After an answer that is no stream, as of another program on the port, a browser gives up.
    if (source.readyState === EventSource.CLOSED) setTimeout(follow, RETRY_TIME);
  });
  source.addEventListener("playground", ({ data }) => {
    // Another playground has this port now: its title, setups and words are others.
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
    say(error, "The playground does not answer. Has it been stopped?");
  }
}

function say(element, message) {
  element.textContent = message;
  clearTimeout(element.timer);
  if (message !== "") element.timer = setTimeout(() => say(element, ""), ERROR_TIME);
}

function connected(is) {
  byId("connection").textContent = is ? "Live" : "Not connected: trying again …";
  document.body.classList.toggle("stale", !is);
}
