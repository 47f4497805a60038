import type { Reasons } from "../unrun.ts";
import { COPY, DEFECT, TYPES, WRITES } from "./why.ts";

/** Of a release, the reference and what an upgrade compares. */
export const ofRelease: Reasons = {
  "harness/commands/artifacts.ts": [
    {
      lines: "the rest",
      why: "the workflow of a release runs it; tests pack with what it calls",
    },
  ],
  "harness/commands/release.ts": [{ lines: "the rest", why: COPY }],
  "harness/commands/run-release.ts": [{ lines: "the rest", why: COPY }],
  "harness/commands/release-comparison.ts": [{ lines: "the rest", why: COPY }],
  "harness/commands/reference.ts": [{ lines: "the rest", why: WRITES }],
  "harness/reference/formatted.ts": [
    {
      lines: ["if (error !== undefined) throw new Error(`${name}: ${error.message}\\n${text}`);"],
      why: DEFECT,
    },
  ],
  "harness/reference/read-api.ts": [
    {
      lines: ["if (first === undefined) throw new Error(`${name} is declared nowhere`);"],
      why: `${TYPES}: what is exported is declared`,
    },
    {
      lines: [
        "throw new Error(`${name} is a ${node.getKindName()}, which the reference does not tell`);",
      ],
      why: "the package exports none of another kind",
    },
  ],
  "harness/reference/section.ts": [
    {
      lines: [
        'if (written === undefined && isOptional) return "none";',
        'if (name === "constructor") return "constructor()";',
      ],
      why: "a docstring tells each default, and no constructor has one of its own",
      isChance: true,
    },
  ],
  "harness/release/changelog.ts": [
    {
      lines: [
        "if (!changelog.includes(`${UNRELEASED}\\n`)) throw new Error(`the page has no ${UNRELEASED}`);",
      ],
      why: "a release without it is refused before",
    },
  ],
  "harness/release/diff.ts": [
    { lines: ['if (Object(error)["code"] !== 1) throw error;'], why: DEFECT },
  ],
  "harness/release/sbom.ts": [
    {
      lines: ["if (locked === undefined) throw new Error(`package-lock.json has no ${name}`);"],
      why: "npm ci fails before where the lock file has not all",
    },
    {
      lines: ["if (needed.has(place)) continue;"],
      why: "no two dependencies of the package need the same one",
    },
  ],
  "harness/release/version.ts": [
    {
      lines: ["if (next === null) throw new Error(`${version} is no version`);"],
      why: "a package.json with another one is refused before",
    },
  ],
  "harness/upgrade/old-version.ts": [
    {
      lines: [
        "const { from } = options;",
        "const commit = await commitOf(options);",
        "if (commit === undefined) throw new VersionError(`--from ${from}: no tag or commit of that name`);",
        "return atCommit(commit, options, (stacks) => {",
        "const names = readdirSync(stacks);",
        "return new Map(",
        "names.map((environment) => [environment, read(stacks, { from, environment })] as const),",
      ],
      why: COPY,
      isChance: true,
    },
  ],
};
