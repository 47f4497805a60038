import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Where this repository is. */
export interface Repository {
  /** Of its page: `https://github.com/OWNER/NAME`. */
  readonly page: string;
  /** As Terraform and git clone it. */
  readonly clone: string;
}

interface PackageJson {
  readonly repository?: { readonly url?: unknown } | string;
}

/** npm compares this form with the repository whose workflow publishes. */
const URL_FORM = /^git\+(https:\/\/github\.com\/[\w.-]+\/[\w.-]+)\.git$/;

const TO_WRITE = `"repository": { "type": "git", "url": "git+https://github.com/OWNER/NAME.git" }`;

/** Both name it: the root for the release, the package for npm, which checks its provenance with it. */
const NAMING = ["package.json", "runtime/package.json"];

/**
 * Where the repository is, as both package.json say.
 * @returns a sentence where they do not, with what to write
 */
export function repositoryOf(root: string): Repository | string {
  const urls = NAMING.map((path) => {
    const { repository } = JSON.parse(readFileSync(join(root, path), "utf8")) as PackageJson;
    return typeof repository === "object" ? repository.url : repository;
  });
  const wrong = NAMING.filter((_, at) => !URL_FORM.test(String(urls[at])));
  if (wrong.length > 0) return `no repository.url in ${wrong.join(" and ")}: write ${TO_WRITE}`;
  if (urls[0] !== urls[1]) {
    return `repository.url: ${NAMING[0]} has ${String(urls[0])}, ${NAMING[1]} has ${String(urls[1])}: write one in both`;
  }
  const [, page = ""] = URL_FORM.exec(String(urls[0])) ?? [];
  return { page, clone: `${page}.git` };
}
