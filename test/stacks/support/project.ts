import { cpSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";

const repository = join(import.meta.dirname, "../../..");

/** A copy of the files that `npm run synth` and the cdktf command need. */
export function temporaryProject(folder: string): string {
  const project = join(folder, "project");
  mkdirSync(project);
  for (const file of ["package.json", "cdktf.json", "main.ts", "environments.ts"]) {
    cpSync(join(repository, file), join(project, file));
  }
  for (const name of ["command-line", "stacks", "node_modules"]) {
    symlinkSync(join(repository, name), join(project, name));
  }
  return project;
}
