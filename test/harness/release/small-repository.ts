import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { INSTALL_PAGES } from "../../../harness/release/install-blocks.ts";
import { SOURCE_PAGES } from "../../../harness/release/module-sources.ts";
import { VERSION_FILES, withVersion } from "../../../harness/release/package-versions.ts";

const ROOT = join(import.meta.dirname, "../../..");

export const REPOSITORY = {
  type: "git",
  url: "git+https://github.com/someone/redis-on-ecs.git",
};

/** Whatever the user of this machine signs; and without git's care for large repositories. */
const SETTINGS = `[user]
	name = Someone
	email = someone@example.com
[commit]
	gpgSign = false
[tag]
	gpgSign = false
[maintenance]
	auto = false
`;

const CHANGELOG = `# Changelog

## [Unreleased]

### Added

- Redis is found by its SRV record.
`;

/** A repository with the files that a release reads and writes: the real ones, and a CHANGELOG of a first release. */
export interface SmallRepository extends Disposable {
  readonly root: string;
  readonly git: (...args: readonly string[]) => string;
  readonly read: (path: string) => string;
  readonly write: (path: string, text: string) => void;
  /** Writes a file and commits it. */
  readonly commit: (path: string, text: string) => void;
  /** All that a release could change: files, commits, tags. */
  readonly state: () => string;
}

/** Version 0.1.0, never released, on a clean branch main. */
export function smallRepository(): SmallRepository {
  const repository = repositoryIn(mkdtempSync(join(tmpdir(), "release-")));
  const { root, git, read, write } = repository;
  for (const path of [...SOURCE_PAGES, ...INSTALL_PAGES, ...VERSION_FILES]) {
    cpSync(join(ROOT, path), join(root, path));
  }
  for (const path of VERSION_FILES) write(path, withVersion(read(path), "0.1.0"));
  for (const path of ["package.json", "runtime/package.json"]) {
    write(path, withRepository(read(path)));
  }
  write("CHANGELOG.md", CHANGELOG);
  // Without the examples of hooks, which each copy would have.
  git("init", "--quiet", "--initial-branch", "main", "--template=");
  write(".git/config", `${read(".git/config")}${SETTINGS}`);
  git("add", ".");
  git("commit", "--quiet", "--message", "First");
  return repository;
}

/** Another one with the same files and history. */
export function copyOf({ root }: SmallRepository): SmallRepository {
  const copy = mkdtempSync(join(tmpdir(), "release-"));
  cpSync(root, copy, { recursive: true });
  return repositoryIn(copy);
}

function repositoryIn(root: string): SmallRepository {
  const git = (...args: readonly string[]): string =>
    execFileSync("git", args, { cwd: root, encoding: "utf8", env: withoutConfig() }).trim();
  const read = (path: string): string => readFileSync(join(root, path), "utf8");
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  const commit = (path: string, text: string): void => {
    write(path, text);
    git("add", path);
    git("commit", "--quiet", "--message", `Change ${path}`);
  };
  return {
    root,
    git,
    read,
    write,
    commit,
    state: () => {
      const index = git("ls-files", "--stage", "--cached", "--others");
      // A line of the index has the path after a tab; that of another file is the path.
      const paths = index.split("\n").map((line) => line.slice(line.indexOf("\t") + 1));
      return [git("for-each-ref"), index, ...paths.map(read)].join("\n");
    },
    [Symbol.dispose]: () => rmSync(root, { recursive: true }),
  };
}

const withRepository = (text: string): string =>
  `${JSON.stringify({ ...(JSON.parse(text) as object), repository: REPOSITORY }, undefined, 2)}\n`;

/** A machine's own settings, such as signed commits, are not what is tested. */
const withoutConfig = (): NodeJS.ProcessEnv => ({
  ...process.env,
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_SYSTEM: "/dev/null",
});
