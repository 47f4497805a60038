// Runs snippets of the package's pages as a user would run a copy.
import { mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { codeIn } from "../../support/markdown.ts";
import { type Outcome, install, startNode } from "./installed.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

/** The README of the package and its other pages, as paths from the repository's root. */
export function packagePages(): string[] {
  const others = readdirSync(join(ROOT, "runtime/docs")).map((name) => `runtime/docs/${name}`);
  return ["runtime/README.md", ...others];
}

/** The only snippet of the package's pages that contains these words. */
export function snippetWith(words: string): string {
  const code = packagePages().flatMap((page) =>
    codeIn(readFileSync(join(ROOT, page), "utf8"), "ts"),
  );
  const [snippet, ...others] = code.filter((each) => each.includes(words));
  if (snippet === undefined || others.length > 0) {
    throw new Error(`${snippet === undefined ? "no" : "more than one"} snippet has ${words}`);
  }
  return snippet;
}

export interface SnippetOptions {
  /** DNS server of the process, `ip:port`. */
  readonly dns: string;
  /** Packages in addition to srv-dialer. */
  readonly peers?: readonly string[];
  /** Code before it. */
  readonly given?: string;
  /** Code after it, which ends it. */
  readonly end?: string;
}

export async function runSnippet(
  snippet: string,
  { dns, peers = [], given = "", end = "" }: SnippetOptions,
): Promise<Outcome> {
  using installation = install();
  const { folder } = installation;
  for (const peer of peers) {
    const link = join(folder, "node_modules", peer);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(ROOT, "node_modules", peer), link);
  }
  writeFileSync(
    join(folder, "dns.mjs"),
    `import { setServers } from "node:dns";\nsetServers(["${dns}"]);\n`,
  );
  writeFileSync(join(folder, "snippet.mjs"), `${given}\n${snippet}\n${end}\n`);
  await using node = startNode(["--import", "./dns.mjs", "snippet.mjs"], {}, folder);
  return await node.outcome;
}
