import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { written } from "./pages.ts";

// `npm run reference`: writes the reference of the public names from their docstrings.

for (const [path, text] of Object.entries(await written())) {
  const file = join(import.meta.dirname, "../..", path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  console.log(path);
}
