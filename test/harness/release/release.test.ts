import { chmodSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ApiChange } from "../../../harness/release/api-changes.ts";
import { CHECKS } from "../../../harness/release/checks.ts";
import { INSTALL_PAGES } from "../../../harness/release/install-blocks.ts";
import { SOURCE_PAGES } from "../../../harness/release/module-sources.ts";
import type { ReleaseRequest } from "../../../harness/release/plan.ts";
import { release } from "../../../harness/release/release.ts";
import { copyOf, smallRepository, type SmallRepository } from "./small-repository.ts";

const TABLE = "| environment | Redis |\n| ----------- | ----- |\n| `dev` | Redis restarts |";

interface Asked extends Partial<ReleaseRequest> {
  readonly types?: readonly ApiChange[];
  /** The command that fails, and what it prints. */
  readonly failing?: string;
}

/** A release in a repository, with checks that pass unless told otherwise. */
async function releaseIn(
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

let template: SmallRepository;

beforeAll(async () => {
  template = await afterRelease();
});
afterAll(() => template[Symbol.dispose]());

/** A repository in which 0.1.0 was released, and something was done since. */
const released = (): SmallRepository => copyOf(template);

async function afterRelease(): Promise<SmallRepository> {
  const repository = smallRepository();
  await releaseIn(repository, "0.1.0");
  const text = repository.read("CHANGELOG.md");
  repository.commit(
    "CHANGELOG.md",
    text.replace("## [Unreleased]\n", "## [Unreleased]\n\n### Fixed\n\n- A leak.\n"),
  );
  return repository;
}

describe("a first release", () => {
  it("is committed and tagged, and pushed by hand", async () => {
    using repository = smallRepository();
    const { code, output, checked } = await releaseIn(repository, "0.1.0");
    expect({ code, checked }).toEqual({ code: 0, checked: CHECKS.map(({ command }) => command) });
    expect(repository.git("log", "-1", "--format=%s")).toBe("Release 0.1.0");
    expect(repository.git("status", "--porcelain")).toBe("");
    expect(repository.git("cat-file", "-t", "v0.1.0")).toBe("tag");
    expect(repository.git("rev-parse", "v0.1.0^{commit}")).toBe(
      repository.git("rev-parse", "HEAD"),
    );
    expect(output).toContain("  git push --atomic origin main v0.1.0");
  });

  it("makes a section of CHANGELOG, without a table, with links", async () => {
    using repository = smallRepository();
    await releaseIn(repository, "0.1.0");
    expect(repository.read("CHANGELOG.md")).toBe(`# Changelog

## [Unreleased]

## [0.1.0] - 2026-03-04

### Added

- Redis is found by its SRV record.

[Unreleased]: https://github.com/someone/redis-on-ecs/compare/v0.1.0...HEAD
[0.1.0]: https://github.com/someone/redis-on-ecs/releases/tag/v0.1.0
`);
  });

  it("may have a greater version than package.json, and writes it wherever npm reads it", async () => {
    using repository = smallRepository();
    expect((await releaseIn(repository, "1.0.0")).code).toBe(0);
    const lock = JSON.parse(repository.read("package-lock.json")) as {
      readonly version: string;
      readonly packages: Readonly<Record<string, { readonly version: string }>>;
    };
    expect([lock.version, lock.packages[""]?.version, lock.packages["runtime"]?.version]).toEqual([
      "1.0.0",
      "1.0.0",
      "1.0.0",
    ]);
    for (const path of ["package.json", "runtime/package.json"]) {
      expect(JSON.parse(repository.read(path))).toMatchObject({ version: "1.0.0" });
    }
    const lines = repository.git("show", "--format=", "--unified=0", "HEAD", "--", "*.json");
    const changed = lines.split("\n").filter((line) => /^[-+] /.test(line));
    expect(new Set(changed.map((line) => line.replaceAll(/\s+/g, " ")))).toEqual(
      new Set(['- "version": "0.1.0",', '+ "version": "1.0.0",']),
    );
  });

  it("tells on the pages how package and modules are installed from it", async () => {
    using repository = smallRepository();
    await releaseIn(repository, "0.1.0");
    const address = "git::https://github.com/someone/redis-on-ecs.git//modules";
    const redis = `source                 = "${address}/redis?ref=v0.1.0"\n`;
    for (const path of [
      "README.md",
      "docs/terraform-module.md",
      "modules/redis/README.md",
      "stacks/modules/redis-page.ts",
    ]) {
      expect(repository.read(path)).toContain(redis);
    }
    for (const path of [
      "modules/discovered-service/README.md",
      "stacks/modules/discovered-page.ts",
    ]) {
      expect(repository.read(path)).toContain(`"${address}/discovered-service?ref=v0.1.0"`);
    }
    for (const path of ["README.md", "examples/app/README.md"]) {
      expect(repository.read(path)).toContain("\nnpm install srv-dialer@0.1.0 ioredis\n");
    }
    const page = repository.read("runtime/README.md");
    expect(page).toContain("\nnpm install srv-dialer@0.1.0\n");
    expect(page).toContain("\nRUN npm install --global srv-dialer@0.1.0\n");
    for (const path of ["README.md", "runtime/README.md"]) {
      expect(repository.read(path)).not.toMatch(/in no registry|srv-dialer-[\d.]+tgz/);
    }
  });
});

describe("a later release", () => {
  it("has the table of the upgrade in CHANGELOG, and a link to what changed", async () => {
    using repository = released();
    expect((await releaseIn(repository, "0.1.1")).code).toBe(0);
    const text = repository.read("CHANGELOG.md");
    expect(text).toContain(`## [Unreleased]

## [0.1.1] - 2026-03-04

The upgrade from 0.1.0 changes in the environments of this repository ([docs/upgrades.md](docs/upgrades.md)):

${TABLE}

### Fixed

- A leak.

## [0.1.0] - 2026-03-04
`);
    const page = "https://github.com/someone/redis-on-ecs";
    expect(text.split("\n").slice(-4)).toEqual([
      `[Unreleased]: ${page}/compare/v0.1.1...HEAD`,
      `[0.1.1]: ${page}/compare/v0.1.0...v0.1.1`,
      `[0.1.0]: ${page}/releases/tag/v0.1.0`,
      "",
    ]);
  });

  it("replaces the version on every page", async () => {
    using repository = released();
    await releaseIn(repository, "0.2.0");
    const told = (version: string): string[] =>
      [...SOURCE_PAGES, ...INSTALL_PAGES, "package.json", "runtime/package.json"].filter((path) =>
        repository.read(path).includes(version),
      );
    expect(told("0.1.0")).toEqual([]);
    expect(told("0.2.0").length).toBeGreaterThan(9);
  });
});

describe("a dry run", () => {
  it("tells all of it, changes nothing, and ends with 0 when a release would go through", async () => {
    using repository = released();
    const before = repository.state();
    const types: ApiChange[] = [{ level: "minor", text: "srv-dialer: pace is new" }];
    const { code, output } = await releaseIn(repository, "0.1.1", { isDryRun: true, types });
    expect(repository.state()).toBe(before);
    expect(code).toBe(0);
    const parts = [
      "Release 0.1.1, after 0.1.0. A dry run: nothing is changed.",
      "Refused\n  no",
      "  npm test: passed",
      "  minor: srv-dialer: pace is new",
      '  package.json\n  -  "version": "0.1.0",\n  +  "version": "0.1.1",',
      '"Release 0.1.1", tagged v0.1.1',
      "  | `dev` | Redis restarts |",
      "  publish: publishes srv-dialer-0.1.1.tgz to npm",
      "A release would go through.",
    ];
    const places = parts.map((part) => output.indexOf(part));
    expect(places).not.toContain(-1);
    expect(places).toEqual(places.toSorted((one, other) => one - other));
  });

  it("runs the checks of a release that is refused, too, and none if told so", async () => {
    using repository = released();
    const asked = { isDryRun: true, failing: "npm test" };
    const { code, output, checked } = await releaseIn(repository, "0.0.1", asked);
    expect({ code, checks: checked.length }).toEqual({ code: 1, checks: CHECKS.length });
    expect(output).toContain("  - npm test fails");
    expect(output).toContain("  npm test: failed\n    2 tests failed");
    expect(output).toContain("2 reasons stand at the top");
    const without = await releaseIn(repository, "0.1.1", { isDryRun: true, isChecked: false });
    expect(without).toMatchObject({ code: 0, checked: [] });
    expect(without.output).toContain("Checks\n  not run");
  });

  it("goes on without the repository's address, with that of the pages", async () => {
    using repository = smallRepository();
    const json = JSON.parse(repository.read("package.json")) as { repository?: object };
    delete json.repository;
    repository.commit("package.json", JSON.stringify(json));
    const [, address] =
      /"(git::.+?)\/\/modules/.exec(repository.read("docs/terraform-module.md")) ?? [];
    const { code, output } = await releaseIn(repository, "77.0.0", { isDryRun: true });
    expect(code).toBe(1);
    expect(output).toContain(
      'Refused\n  - no repository.url in package.json: write "repository": { "type": "git", "url": "git+https://github.com/OWNER/NAME.git" }\n\n',
    );
    expect(output).toContain(`+  source                 = "${address}//modules/redis?ref=v77.0.0"`);
    expect(output).not.toContain("[Unreleased]: ");
  });
});

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
        commit(
          "docs/terraform-module.md",
          read("docs/terraform-module.md").replaceAll("source", "from"),
        ),
      "docs/terraform-module.md: the page has no source of a module",
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
