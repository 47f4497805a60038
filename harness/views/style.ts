import { readFileSync } from "node:fs";

/** Colours and layout of the report and the playground, the timeline included. */
export const STYLE = readFileSync(new URL("style.css", import.meta.url), "utf8");
