import { readFileSync } from "node:fs";
import { join } from "node:path";
import { sectionOf } from "./changelog.ts";
import { repositoryOf } from "./repository.ts";
import { tagOf } from "./version.ts";

/**
 * The text of a release: its section of CHANGELOG. It is read outside of the repository, so its links to files become
 * those of the tag.
 */
export function releaseNotes(root: string, version: string): string {
  const section = sectionOf(readFileSync(join(root, "CHANGELOG.md"), "utf8"), version);
  const repository = repositoryOf(root);
  if (typeof repository === "string") return `${section}\n`;
  const files = `${repository.page}/blob/${tagOf(version)}/`;
  return `${section.replaceAll(/\]\((?![a-z]+:|#)/g, `](${files}`)}\n`;
}
