import { chmodSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ApiChange } from "../../../harness/release/api-changes.ts";
import { copyOf, smallRepository, type SmallRepository } from "./small-repository.ts";
import { afterRelease, releaseIn, TABLE } from "./releasing.ts";

let template: SmallRepository;

beforeAll(async () => {
  template = await afterRelease();
});
afterAll(() => template[Symbol.dispose]());

/** A repository with a release, as `afterRelease` makes it. */
const released = (): SmallRepository => copyOf(template);

describe("a release is refused", () => {
  it.each<[string, string, (repository: SmallRepository) => void, string]>([
    ["that version was released", "0.1.0", () => {}, "tag v0.1.0 exists already"],
    [
      "the version is not greater",
      "0.0.9",
      () => {},
      "0.0.9 is not greater than the last release, 0.1.0",
    ],
    [
      "the tree is not clean",
      "0.2.0",
      ({ write, read }) => {
        write("README.md", `${read("README.md")}\nMore.\n`);
        write("notes.txt", "");
      },
      "the tree is not clean: commit or stash README.md, notes.txt",
    ],
    [
      "another branch is checked out",
      "0.2.0",
      ({ git }) => void git("switch", "--quiet", "--create", "topic"),
      "branch topic is checked out; a release is made on main",
    ],
    [
      "no branch is checked out",
      "0.2.0",
      ({ git }) => void git("switch", "--quiet", "--detach"),
      "no branch is checked out; a release is made on main",
    ],
    [
      "a tag looks like a release's and is none",
      "0.2.0",
      ({ git }) => void git("tag", "v0.1"),
      "tag v0.1 is no release's: allowed is vX.Y.Z; rename it or delete it",
    ],
    [
      "the last release's tag is not here",
      "0.2.0",
      ({ git }) => void git("tag", "--delete", "v0.1.0"),
      "unknown tag v0.1.0: CHANGELOG.md has its section, and of the tags of this branch there is none; git fetch --tags",
    ],
    [
      "CHANGELOG has no section of the last release",
      "0.2.0",
      ({ commit }) => commit("CHANGELOG.md", "# Changelog\n\n## [Unreleased]\n\n- A leak.\n"),
      "CHANGELOG.md has no section of the last release, 0.1.0",
    ],
    [
      "CHANGELOG tells of nothing new",
      "0.2.0",
      ({ commit, read }) => commit("CHANGELOG.md", read("CHANGELOG.md").replace("- A leak.\n", "")),
      "CHANGELOG.md tells of nothing under [Unreleased]: write what users notice",
    ],
    [
      "the two package.json name other repositories",
      "0.2.0",
      ({ commit, read }) =>
        commit("runtime/package.json", read("runtime/package.json").replace("someone/", "other/")),
      "repository.url: package.json has git+https://github.com/someone/redis-on-ecs.git, runtime/package.json has git+https://github.com/other/redis-on-ecs.git: write one in both",
    ],
    [
      "a page has no block for the installation",
      "0.2.0",
      ({ commit, read }) => commit("README.md", read("README.md").replace("<!-- install -->", "")),
      "README.md: the page has no <!-- install --> ... <!-- end -->",
    ],
    [
      "a page shows no module",
      "0.2.0",
      ({ commit, read }) =>
        commit("docs/own-terraform.md", read("docs/own-terraform.md").replaceAll("source", "from")),
      "docs/own-terraform.md: the page has no source of a module",
    ],
  ])("when %s", async (_, version, change, sentence) => {
    using repository = released();
    change(repository);
    const before = repository.state();
    const { code, output, checked } = await releaseIn(repository, version);
    expect(output).toBe(
      `Refused\n  - ${sentence}\n\nThe checks were not run. Nothing was changed.`,
    );
    expect({ code, checked }).toEqual({ code: 1, checked: [] });
    expect(repository.state()).toBe(before);
  });

  it("when a first version is less than that of package.json", async () => {
    using repository = smallRepository();
    const { code, output } = await releaseIn(repository, "0.0.9");
    expect(code).toBe(1);
    expect(output).toContain("- 0.0.9 is less than 0.1.0 of package.json");
  });

  it("when a check fails, with what it printed", async () => {
    using repository = released();
    const before = repository.state();
    const { code, output } = await releaseIn(repository, "0.2.0", { failing: "npm run check" });
    expect(code).toBe(1);
    expect(output).toBe(
      "Refused\n  - npm run check fails\n\nnpm run check\n  2 tests failed\n\nNothing was changed.",
    );
    expect(repository.state()).toBe(before);
  });

  it("when a check has changed a file", async () => {
    using repository = released();
    const { code, output } = await releaseIn(repository, "0.2.0", {
      runCheck: async ({ command }) => {
        repository.write("README.md", "other");
        return { command, outcome: "passed", details: [] };
      },
    });
    expect(code).toBe(1);
    expect(output).toContain("- the tree is not clean: commit or stash README.md");
    expect(repository.git("tag")).toBe("v0.1.0");
  });

  it("when types or environments cannot be compared", async () => {
    using repository = released();
    const { code, output } = await releaseIn(repository, "0.2.0", {
      typesSince: async () => Promise.reject(new Error("the package of v0.1.0 cannot be built")),
      upgradeFrom: async () => Promise.reject(new Error("its main.ts does not synthesize")),
    });
    expect(code).toBe(1);
    expect(output).toContain(
      "Refused\n  - the package of v0.1.0 cannot be built\n  - its main.ts does not synthesize\n\n",
    );
  });

  it("when it is interrupted, before it writes", async () => {
    using repository = released();
    const before = repository.state();
    const interrupted = new AbortController();
    const running = releaseIn(repository, "0.2.0", {
      signal: interrupted.signal,
      upgradeFrom: async () => {
        interrupted.abort(new Error("interrupted by SIGINT"));
        return TABLE;
      },
    });
    await expect(running).rejects.toThrow("interrupted by SIGINT");
    expect(repository.state()).toBe(before);
  });

  it("with all reasons at once", async () => {
    using repository = released();
    repository.write("notes.txt", "");
    const types: ApiChange[] = [{ level: "major", text: "srv-dialer: orderTargets is gone" }];
    const { output } = await releaseIn(repository, "0.0.1", { types });
    expect(output.split("\n").filter((line) => line.startsWith("  - "))).toEqual([
      "  - the tree is not clean: commit or stash notes.txt",
      "  - 0.0.1 is not greater than the last release, 0.1.0",
      "  - 0.0.1 is too low: the public types change since 0.1.0, so the next version is 0.2.0 at least (srv-dialer: orderTargets is gone)",
    ]);
  });
});

describe("a release that fails halfway", () => {
  it.each<[string, string, string]>([
    ["the commit", "pre-commit", "#!/bin/sh\necho no commits today >&2\nexit 1\n"],
    [
      "the tag",
      "reference-transaction",
      "#!/bin/sh\n! grep -q refs/tags/ || { echo no tags today >&2; exit 1; }\n",
    ],
  ])("at %s leaves everything as it was", async (_, hook, script) => {
    using repository = released();
    const before = repository.state();
    repository.write(`.git/hooks/${hook}`, script);
    chmodSync(join(repository.root, ".git/hooks", hook), 0o755);
    await expect(releaseIn(repository, "0.2.0")).rejects.toThrow(
      /^git \S+ --\S+ failed: .*; files and commit are as they were$/,
    );
    expect(repository.state()).toBe(before);
  });
});
