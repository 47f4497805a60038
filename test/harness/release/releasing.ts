import type { ApiChange } from "../../../harness/release/api-changes.ts";
import type { ReleaseRequest } from "../../../harness/release/plan.ts";
import { release } from "../../../harness/release/release.ts";
import { smallRepository, type SmallRepository } from "./small-repository.ts";

export const TABLE = "| environment | Redis |\n| ----------- | ----- |\n| `dev` | Redis restarts |";

interface Asked extends Partial<ReleaseRequest> {
  readonly types?: readonly ApiChange[];
  /** The command that fails, and what it prints. */
  readonly failing?: string;
}

/** A release in a repository, with checks that pass unless told otherwise. */
export async function releaseIn(
  { root }: SmallRepository,
  version: string,
  { types = [], failing, ...others }: Asked = {},
) {
  const said: string[] = [];
  const checked: string[] = [];
  const request: ReleaseRequest = {
    root,
    version,
    isDryRun: false,
    isChecked: true,
    today: new Date("2026-03-04T05:06:07Z"),
    runCheck: async ({ command }) => {
      checked.push(command);
      return command === failing
        ? { command, outcome: "failed", details: ["2 tests failed"] }
        : { command, outcome: "passed", details: [] };
    },
    typesSince: async () => types,
    upgradeFrom: async () => TABLE,
    progress: () => {},
    signal: new AbortController().signal,
    ...others,
  };
  const code = await release(request, (text) => said.push(text));
  return { code, output: said.join("\n"), checked };
}

/** A repository in which 0.1.0 was released, and something was done since. */
export async function afterRelease(): Promise<SmallRepository> {
  const repository = smallRepository();
  await releaseIn(repository, "0.1.0");
  const text = repository.read("CHANGELOG.md");
  repository.commit(
    "CHANGELOG.md",
    text.replace("## [Unreleased]\n", "## [Unreleased]\n\n### Fixed\n\n- A leak.\n"),
  );
  // All objects in one file: it is copied for each test.
  repository.git("repack", "-a", "-d", "--quiet");
  return repository;
}
