import { tagOf } from "./version.ts";

/** The pages that show how a module is called, and the code that two of them are written from. */
export const SOURCE_PAGES = [
  "README.md",
  "docs/own-terraform.md",
  "modules/discovered-service/README.md",
  "modules/redis/README.md",
  "stacks/modules/discovered-page.ts",
  "stacks/modules/redis-page.ts",
];

/** The source of a module: a path as before the first release, or a git address. A comment on it goes. */
const SOURCE = /(\bsource\s*=\s*)"[^"\n]*\bmodules\/([\w-]+)(?:\?ref=[^"\n]*)?"(?: +#.*)?/g;

/** The git address that a page has now; undefined where it has a path. */
export const addressIn = (page: string): string | undefined =>
  /\bsource\s*=\s*"git::(https:[^"\n]+?)\/\/modules\//.exec(page)?.[1];

/**
 * A page whose modules come from a release.
 * @param clone the address that git clones
 * @throws when the page has no source of a module
 */
export function withSources(page: string, version: string, clone: string): string {
  if (page.search(SOURCE) === -1) throw new Error("the page has no source of a module");
  return page.replaceAll(
    SOURCE,
    (_, before: string, module: string) =>
      `${before}"git::${clone}//modules/${module}?ref=${tagOf(version)}"`,
  );
}
