import { readFileSync } from "node:fs";
import { join } from "node:path";
import { sectionOf } from "./changelog.ts";
import { VERSION_FILES, versionsIn } from "./package-versions.ts";
import { repositoryOf } from "./repository.ts";
import { isVersion } from "./version.ts";

/** Why a tag cannot be published: what in the tree differs from it. */
export function tagProblems(root: string, tag: string): string[] {
  const version = tag.slice(1);
  if (!tag.startsWith("v") || !isVersion(version)) {
    return [`tag ${tag} is no release's: allowed is vX.Y.Z`];
  }
  const read = (path: string): string => readFileSync(join(root, path), "utf8");
  const others = VERSION_FILES.flatMap((path) => {
    const other = versionsIn(read(path)).find((told) => told !== version);
    return other === undefined ? [] : [`${path} has the version ${other}, the tag is ${tag}`];
  });
  const repository = repositoryOf(root);
  return [
    ...others,
    ...(sectionOf(read("CHANGELOG.md"), version) === ""
      ? [`CHANGELOG.md has no section of ${version}`]
      : []),
    ...(typeof repository === "string" ? [repository] : []),
  ];
}
