import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { PAGES, readPage, withFigures } from "./pages.ts";

// `npm run docs:figures`: writes the figures of results/ into the pages that tell them.

const ROOT = join(import.meta.dirname, "../../..");

for (const path of PAGES) {
  const page = readPage(path);
  const written = withFigures(path, page);
  if (written === page) continue;
  writeFileSync(join(ROOT, path), written);
  console.log(`wrote ${path}`);
}
