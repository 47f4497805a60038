// Keeps the page as the environment is, and sends what is pressed. The server renders all there is.
import { Idiomorph } from "./idiomorph.js";

const byId = (id) => document.getElementById(id);
const shown = new Map();

const source = new EventSource("/events");
source.addEventListener("open", () => connected(true));
source.addEventListener("error", () => connected(false));
source.addEventListener("sections", ({ data }) => {
  for (const [id, markup] of Object.entries(JSON.parse(data))) {
    if (shown.get(id) === markup) continue;
    shown.set(id, markup);
    Idiomorph.morph(byId(id), markup, { morphStyle: "innerHTML" });
  }
});

byId("actions").addEventListener("click", ({ target }) => {
  const address = target.closest("[data-post]")?.dataset.post;
  if (address !== undefined) void press(address);
});

async function press(address) {
  say("");
  try {
    const response = await fetch(address, { method: "POST" });
    if (!response.ok) say((await response.json()).error);
  } catch {
    say("The playground does not answer: has it been stopped?");
  }
}

function say(message) {
  byId("message").textContent = message;
}

function connected(is) {
  byId("connection").textContent = is ? "Live" : "Not connected: trying again …";
  document.body.classList.toggle("stale", !is);
}
