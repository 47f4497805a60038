import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { render } from "./page.ts";
import { pages } from "./pages.ts";

// `npm run reference`: writes the reference of the public names from their docstrings.

for (const page of pages()) {
  const file = join(import.meta.dirname, "../..", page.path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, await render(page));
  console.log(page.path);
}
