import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { LONG } from "./sequencer.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

it.each(LONG)("%s, which is to begin early, is there", (file) => {
  expect(existsSync(`${ROOT}${file}`)).toBe(true);
});
