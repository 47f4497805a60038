import { readFileSync } from "node:fs";
import { join } from "node:path";
import { git } from "../upgrade/git.ts";
import { sectionOf } from "./changelog.ts";
import { VERSION_FILES, versionsIn } from "./package-versions.ts";
import { repositoryOf } from "./repository.ts";
import { isVersion } from "./version.ts";

/** Why a tag cannot be published: what is checked out, or in the tree, differs from it. */
export async function tagProblems(root: string, tag: string): Promise<string[]> {
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
    ...(await checkoutProblem(root, tag)),
    ...others,
    ...(sectionOf(read("CHANGELOG.md"), version) === ""
      ? [`CHANGELOG.md has no section of ${version}`]
      : []),
    ...(typeof repository === "string" ? [repository] : []),
  ];
}

async function checkoutProblem(root: string, tag: string): Promise<string[]> {
  const [head, tagged, changed] = await Promise.all([
    git(root, "rev-parse", "HEAD"),
    git(root, "rev-parse", "--verify", "--quiet", `refs/tags/${tag}^{commit}`),
    git(root, "status", "--porcelain"),
  ]);
  if (tagged === undefined) return [`there is no tag ${tag} here: git fetch --tags`];
  if (head !== tagged) return [`another commit is checked out: git switch --detach ${tag}`];
  return changed === "" ? [] : ["files differ from those of the commit: git status"];
}
