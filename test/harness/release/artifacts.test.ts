import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { packArtifacts } from "../../../harness/release/artifacts.ts";
import { releaseNotes } from "../../../harness/release/release-notes.ts";
import { tagProblems } from "../../../harness/release/tag-problems.ts";
import { type SmallRepository, smallRepository } from "./small-repository.ts";

const ROOT = join(import.meta.dirname, "../../..");
const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
  readonly version: string;
};

interface Sbom {
  readonly name: string;
  readonly packages: readonly {
    readonly name: string;
    readonly versionInfo: string;
    readonly checksums?: readonly { readonly checksumValue: string }[];
  }[];
}

describe("what a release consists of", () => {
  const out = mkdtempSync(join(tmpdir(), "artifacts-"));
  const files = join(out, "files");
  const read = (name: string): string => readFileSync(join(files, name), "utf8");
  const listed = (archive: string): string[] =>
    execFileSync("tar", ["-tzf", archive], { cwd: files, encoding: "utf8" }).trim().split("\n");

  beforeAll(async () => packArtifacts(ROOT, version, out), 300_000);
  afterAll(() => rmSync(out, { recursive: true }));

  it("is the package, the modules, the SBOM and the checksums, with the text of the release beside them", () => {
    expect(readdirSync(files).toSorted()).toEqual([
      "SHA256SUMS",
      `srv-dialer-${version}.spdx.json`,
      `srv-dialer-${version}.tgz`,
      `terraform-modules-${version}.tar.gz`,
    ]);
    expect(readdirSync(out).toSorted()).toEqual(["files", "notes.md"]);
  });

  it("has a package that is built, with types, README and license", () => {
    const names = listed(`srv-dialer-${version}.tgz`);
    expect(names).toEqual(
      expect.arrayContaining(
        [
          "package.json",
          "README.md",
          "LICENSE",
          "dist/index.js",
          "dist/index.d.ts",
          "dist/cli.js",
        ].map((name) => `package/${name}`),
      ),
    );
    const text = execFileSync(
      "tar",
      ["-xzOf", `srv-dialer-${version}.tgz`, "package/package.json"],
      {
        cwd: files,
        encoding: "utf8",
      },
    );
    expect(JSON.parse(text)).toMatchObject({ name: "srv-dialer", version });
  });

  it("has both modules with their pages, and the license", () => {
    const folder = `terraform-modules-${version}`;
    const names = listed(`${folder}.tar.gz`).filter((name) => !name.endsWith("/"));
    expect(names.toSorted()).toEqual([
      `${folder}/LICENSE`,
      `${folder}/modules/discovered-service/README.md`,
      `${folder}/modules/discovered-service/main.tf.json`,
      `${folder}/modules/redis/README.md`,
      `${folder}/modules/redis/main.tf.json`,
    ]);
  });

  it("has checksums that sha256sum accepts, of every other file", () => {
    const check = execFileSync("sha256sum", ["--check", "--strict", "SHA256SUMS"], {
      cwd: files,
      encoding: "utf8",
    });
    const names = readdirSync(files).filter((name) => name !== "SHA256SUMS");
    expect(check.trim().split("\n").toSorted()).toEqual(
      names.map((name) => `${name}: OK`).toSorted(),
    );
  });

  it("has an SBOM of the package and what an app installs with it, with versions and hashes", () => {
    const sbom = JSON.parse(read(`srv-dialer-${version}.spdx.json`)) as Sbom;
    expect(sbom.name).toBe(`srv-dialer@${version}`);
    const { dependencies } = JSON.parse(
      readFileSync(join(ROOT, "runtime/package.json"), "utf8"),
    ) as { readonly dependencies: Readonly<Record<string, string>> };
    const versions = Object.fromEntries(
      sbom.packages.map(({ name, versionInfo }) => [name, versionInfo]),
    );
    expect(Object.keys(versions).toSorted()).toEqual([
      "@leichtgewicht/ip-codec",
      "dns-packet",
      "srv-dialer",
    ]);
    expect(versions).toMatchObject({ "srv-dialer": version, ...dependencies });
    const others = sbom.packages.filter(({ name }) => name !== "srv-dialer");
    for (const { checksums } of others) {
      expect(checksums?.[0]?.checksumValue).toMatch(/^[0-9a-f]{128}$/);
    }
  });
});

it("the text of a release is its section of CHANGELOG, with links that lead to the files of the tag", () => {
  using repository = smallRepository();
  const lines = ["- Less ([docs/a.md](docs/a.md#b)).", "- [More](https://example.com/c)."];
  repository.write(
    "CHANGELOG.md",
    `# Changelog\n\n## [Unreleased]\n\n## [0.2.0] - 2026-03-04\n\n${lines.join("\n")}\n\n## [0.1.0]\n\n- Old.\n`,
  );
  const page = "https://github.com/someone/redis-on-ecs/blob/v0.2.0";
  expect(releaseNotes(repository.root, "0.2.0")).toBe(
    `- Less ([docs/a.md](${page}/docs/a.md#b)).\n- [More](https://example.com/c).\n`,
  );
});

/** A release's commit and tag. */
function released(repository: SmallRepository): void {
  const text = repository.read("CHANGELOG.md");
  repository.commit("CHANGELOG.md", text.replace("[Unreleased]", "[0.1.0] - 2026-03-04"));
  repository.git("tag", "--annotate", "--message", "v0.1.0", "v0.1.0");
}

describe("a tag", () => {
  it("can be published when it is checked out, and the files have its version", async () => {
    using repository = smallRepository();
    released(repository);
    expect(await tagProblems(repository.root, "v0.1.0")).toEqual([]);
  });

  it("cannot with other files than its own", async () => {
    using repository = smallRepository();
    released(repository);
    repository.write("modules/more.txt", "more");
    expect(await tagProblems(repository.root, "v0.1.0")).toEqual([
      "files differ from those of the commit: git status",
    ]);
    repository.commit("modules/more.txt", "more");
    expect(await tagProblems(repository.root, "v0.1.0")).toEqual([
      "another commit is checked out: git switch --detach v0.1.0",
    ]);
  });

  it("cannot with another one, and each file is named", async () => {
    using repository = smallRepository();
    expect(await tagProblems(repository.root, "v0.2.0")).toEqual([
      "there is no tag v0.2.0 here: git fetch --tags",
      "package.json has the version 0.1.0, the tag is v0.2.0",
      "runtime/package.json has the version 0.1.0, the tag is v0.2.0",
      "package-lock.json has the version 0.1.0, the tag is v0.2.0",
      "CHANGELOG.md has no section of 0.2.0",
    ]);
  });

  it.each(["0.1.0", "v0.1", "v0.1.0-rc.1", "main"])("cannot when it is %s", async (tag) => {
    expect(await tagProblems(ROOT, tag)).toEqual([`tag ${tag} is no release's: allowed is vX.Y.Z`]);
  });
});
