import { tagsOf } from "../upgrade/git.ts";
import { highest, isVersion, tagOf } from "./version.ts";

/** A pattern of git: tags that look like those of releases. */
const LIKE_RELEASES = "v[0-9]*";

/** The releases that the present commit follows. */
export interface Releases {
  /** The version of the last one; undefined before the first. */
  readonly last: string | undefined;
  /** Tags that look like a release's and are none. */
  readonly strange: readonly string[];
}

/** The releases that can be reached from the present commit, by their tags `vX.Y.Z`. */
export async function releasesOf(root: string): Promise<Releases> {
  const tags = await tagsOf(root, LIKE_RELEASES, "--merged", "HEAD");
  const versions = tags.map((tag) => tag.slice(1)).filter(isVersion);
  return {
    last: highest(versions),
    strange: tags.filter((tag) => !isVersion(tag.slice(1))),
  };
}

/** Whether there is a release of that version, on any branch. */
export async function isReleased(root: string, version: string): Promise<boolean> {
  return (await tagsOf(root, LIKE_RELEASES)).includes(tagOf(version));
}
