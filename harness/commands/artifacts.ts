import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { packArtifacts } from "../release/artifacts.ts";
import { tagProblems } from "../release/tag-problems.ts";
import { artifactsOptions } from "./artifacts-options.ts";
import { orExit } from "../../command-line/options.ts";
import { run } from "../../command-line/run-and-exit.ts";

// `npm run artifacts`: what a release consists of. The workflow on the tag runs it.

const ROOT = join(import.meta.dirname, "../..");
const OUT = join(ROOT, "artifacts");

const { tag } = orExit(() => artifactsOptions(process.argv.slice(2)));
run(async () => {
  const problems = await tagProblems(ROOT, tag);
  if (problems.length > 0) {
    console.error(problems.map((problem) => `refused: ${problem}`).join("\n"));
    return 1;
  }
  if (existsSync(OUT)) rmSync(OUT, { recursive: true });
  await packArtifacts(ROOT, tag.slice(1), OUT);
  console.log(`packed ${tag} into artifacts/`);
  return 0;
});
