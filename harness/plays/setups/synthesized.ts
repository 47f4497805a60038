import { readFileSync } from "node:fs";
import type { EnvironmentsInput } from "../../../stacks/config/environment-schema.ts";
import { synthesize } from "../../../stacks/synthesize.ts";
import { makeFolder, removeFolder } from "../../ecs/base/temporary-folder.mjs";
import type { Template } from "./template.ts";

/** Writes the stacks of all environments. @returns their names */
export function synthesizeAll(environments: EnvironmentsInput, outdir: string): string[] {
  return synthesize(environments, { outdir }).map(({ environment }) => environment);
}

/** The stack of an environment. @throws ConfigError if the environment does not exist */
export function synthesized(all: EnvironmentsInput, name: string): Template {
  const folder = makeFolder("synthesized-");
  try {
    const [written] = synthesize(all, { outdir: folder.path, only: [name] });
    return JSON.parse(readFileSync(written?.path ?? "", "utf8")) as Template;
  } finally {
    removeFolder(folder);
  }
}
