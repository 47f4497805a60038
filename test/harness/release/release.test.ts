import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ApiChange } from "../../../harness/release/api-changes.ts";
import { CHECKS } from "../../../harness/release/checks.ts";
import { INSTALL_PAGES } from "../../../harness/release/install-blocks.ts";
import { SOURCE_PAGES } from "../../../harness/release/module-sources.ts";
import { copyOf, smallRepository, type SmallRepository } from "./small-repository.ts";
import { afterRelease, releaseIn, TABLE } from "./releasing.ts";

let template: SmallRepository;

beforeAll(async () => {
  template = await afterRelease();
});
afterAll(() => template[Symbol.dispose]());

/** A repository with a release, as `afterRelease` makes it. */
const released = (): SmallRepository => copyOf(template);

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
      "docs/own-terraform.md",
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
      /"(git::.+?)\/\/modules/.exec(repository.read("docs/own-terraform.md")) ?? [];
    const { code, output } = await releaseIn(repository, "77.0.0", { isDryRun: true });
    expect(code).toBe(1);
    expect(output).toContain(
      'Refused\n  - no repository.url in package.json: write "repository": { "type": "git", "url": "git+https://github.com/OWNER/NAME.git" }\n\n',
    );
    expect(output).toContain(`+  source                 = "${address}//modules/redis?ref=v77.0.0"`);
    expect(output).not.toContain("[Unreleased]: ");
  });
});
