import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { moduleFiles } from "./index.ts";

// `npm run modules`: writes the Terraform modules that are made from the constructs.

for (const [path, text] of Object.entries(moduleFiles())) {
  const file = join(import.meta.dirname, "../..", path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  console.log(path);
}
