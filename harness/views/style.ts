import { readFileSync } from "node:fs";

/** Colours and layout of the report, the playground and the timeline. */
export const STYLE = readFileSync(new URL("style.css", import.meta.url), "utf8");
