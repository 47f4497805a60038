import { cpSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Tool, tools } from "../../../stacks/providers/tool.ts";

const repository = join(import.meta.dirname, "../../..");

/**
 * A copy of the files that `npm run synth` and the cdktf command need, with its own lock files or none, so that the
 * state of the repository does not affect tests.
 */
export function temporaryProject(folder: string, lockOf?: (tool: Tool) => string): string {
  const project = join(folder, "project");
  mkdirSync(project);
  for (const file of ["package.json", "cdktf.json", "main.ts", "environments.ts"]) {
    cpSync(join(repository, file), join(project, file));
  }
  for (const name of ["command-line", "stacks", "node_modules"]) {
    symlinkSync(join(repository, name), join(project, name));
  }
  for (const tool of lockOf === undefined ? [] : tools) {
    const file = join(project, tool.lockFile);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, lockOf?.(tool) ?? "");
  }
  return project;
}
