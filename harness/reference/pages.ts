import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseDocs } from "./docs.ts";
import type { Page } from "./page.ts";
import { readApi, readSource } from "./read-api.ts";

const ROOT = join(import.meta.dirname, "../..");
const PACKAGE = "srv-dialer";
const STACKS = "ecs-service-discovery-redis/stacks";

/** The pages of the reference. The package must have been built. */
export function pages(): Page[] {
  return [packagePage(), stacksPage()];
}

function packagePage(): Page {
  const api = readApi(join(ROOT, "runtime"));
  const about = api.entries.map(({ entry }) => {
    const name = entry === PACKAGE ? "index" : entry.slice(PACKAGE.length + 1);
    return [entry, aboutFile(`runtime/src/${name}.ts`)] as const;
  });
  return {
    path: "docs/reference/srv-dialer.md",
    title: "Reference of srv-dialer",
    intro: PACKAGE_INTRO,
    api,
    about: Object.fromEntries(about),
  };
}

function stacksPage(): Page {
  return {
    path: "docs/reference/stacks.md",
    title: "Reference of the stacks",
    intro: STACKS_INTRO,
    api: readSource(STACKS, join(ROOT, "stacks/index.ts")),
    about: { [STACKS]: aboutFile("stacks/index.ts") },
  };
}

/** What the first comment of a file says. */
function aboutFile(path: string): string {
  const [comment = ""] = /^\/\*\*.*?\*\//s.exec(readFileSync(join(ROOT, path), "utf8")) ?? [];
  return parseDocs(comment).text;
}

const PACKAGE_INTRO = `Every public name of the package, from the docstrings of its sources. The
[README](../../runtime/README.md) says how to use it.

- Times are milliseconds. TTLs are seconds, as in DNS. Sizes are bytes.
- A wrong argument is an error before anything is tried: \`ERR_SRV_INVALID_ARG\`.
- A name, a port or a TTL of an answer is as DNS gave it.`;

const STACKS_INTRO = `Every name that \`stacks/index.ts\` exports, from its docstrings.
[The constructs in a project of your own](../constructs.md) has an example with most of them.`;
