import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type ChangelogRelease, releasedChangelog } from "./changelog.ts";
import { INSTALL_PAGES, withInstallation } from "./install-blocks.ts";
import { SOURCE_PAGES, withSources } from "./module-sources.ts";
import { VERSION_FILES, withVersion } from "./package-versions.ts";
import { messageOf } from "../../command-line/error-text.ts";

/** What a release writes, as it goes into the pages. */
export interface WrittenRelease extends ChangelogRelease {
  /** The address that git clones. */
  readonly clone: string;
}

/** A file that a release changes. */
export interface WrittenFile {
  /** From the repository's root. */
  readonly path: string;
  readonly before: string;
  readonly after: string;
}

/**
 * The files that a release changes. Nothing is written yet.
 * @throws Error that names the page which cannot be written
 */
export function writtenFiles(root: string, release: WrittenRelease): WrittenFile[] {
  const { version, clone } = release;
  const edits: readonly (readonly [string, (text: string) => string])[] = [
    ["CHANGELOG.md", (text) => releasedChangelog(text, release)],
    ...VERSION_FILES.map((path) => [path, (text: string) => withVersion(text, version)] as const),
    ...INSTALL_PAGES.map(
      (path) => [path, (text: string) => withInstallation(path, text, version)] as const,
    ),
    ...SOURCE_PAGES.map(
      (path) => [path, (text: string) => withSources(text, version, clone)] as const,
    ),
  ];
  const paths = [...new Set(edits.map(([path]) => path))].toSorted();
  return paths.flatMap((path) => {
    const before = readFileSync(join(root, path), "utf8");
    const after = edits
      .filter(([changed]) => changed === path)
      .reduce((text, [, edit]) => edited(path, () => edit(text)), before);
    return before === after ? [] : [{ path, before, after }];
  });
}

/** An error of an edit names the page. */
function edited(path: string, edit: () => string): string {
  try {
    return edit();
  } catch (cause) {
    throw new Error(`${path}: ${messageOf(cause)}`, {
      cause,
    });
  }
}
