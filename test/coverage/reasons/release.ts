import type { Reasons } from "../unrun.ts";
import { COPY } from "./why.ts";

/** Of what an upgrade compares. */
export const ofRelease: Reasons = {
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
