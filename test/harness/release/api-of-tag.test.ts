import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compareApi } from "../../../harness/release/api-changes.ts";
import { apiOfTag } from "../../../harness/release/api-of-tag.ts";
import { smallRepository, type SmallRepository } from "./small-repository.ts";

/** A package that is built by a copy. */
const packageJson = (build: string): string =>
  JSON.stringify({
    name: "srv-dialer",
    exports: { ".": { types: "./dist.d.ts" } },
    scripts: { build },
  });

describe("the public types of a tag", () => {
  let repository: SmallRepository;
  const { signal } = new AbortController();

  beforeAll(() => {
    repository = smallRepository();
    const { commit, git, root } = repository;
    mkdirSync(join(root, "node_modules"));
    commit("runtime/package.json", packageJson("cp source.d.ts dist.d.ts"));
    commit("runtime/source.d.ts", "export const one: 1; export const two: 2;\n");
    git("tag", "v0.1.0");
    commit("runtime/source.d.ts", "export const one: 1;\n");
    git("tag", "v0.2.0");
    commit("runtime/package.json", packageJson("echo 'source.ts(1,1): error'; exit 1"));
    git("tag", "v0.3.0");
  });
  afterAll(() => repository[Symbol.dispose]());

  it("are those of the package as it was built then", async () => {
    const before = repository.state();
    const old = await apiOfTag(repository.root, "v0.1.0", signal);
    const next = await apiOfTag(repository.root, "v0.2.0", signal);
    expect(compareApi(old, next)).toEqual([{ level: "major", text: "srv-dialer: two is gone" }]);
    expect(repository.state()).toBe(before);
  });

  it("are not known where it cannot be built, with the compiler's first line", async () => {
    await expect(apiOfTag(repository.root, "v0.3.0", signal)).rejects.toThrow(
      "the package of v0.3.0 cannot be built: source.ts(1,1): error",
    );
  });
});
