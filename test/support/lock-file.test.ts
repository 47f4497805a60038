import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "../..");
const read = (path: string): unknown => JSON.parse(readFileSync(join(ROOT, path), "utf8"));

interface Locked {
  readonly link?: boolean;
  /** Part of another package's archive, which has a hash. */
  readonly inBundle?: boolean;
  readonly integrity?: string;
  readonly hasInstallScript?: boolean;
}

const { packages } = read("package-lock.json") as {
  packages: Readonly<Record<string, Locked>>;
};
const fetched = Object.entries(packages).filter(
  ([path, { link, inBundle }]) =>
    path.includes("node_modules/") && link !== true && inBundle !== true,
);

describe("the lock file of npm", () => {
  it("has the hash of every package", () => {
    expect(fetched.length).toBeGreaterThan(100);
    const bare = fetched.filter(([, { integrity = "" }]) => !/^sha512-\S+$/.test(integrity));
    expect(bare.map(([path]) => path)).toEqual([]);
  });

  it("has few packages with install scripts", () => {
    const scripted = fetched.filter(([, { hasInstallScript }]) => hasInstallScript === true);
    expect(scripted.map(([path]) => path.replace("node_modules/", ""))).toEqual([
      "@cdktf/node-pty-prebuilt-multiarch",
      "esbuild",
      "msgpackr-extract",
    ]);
  });
});

describe("the package srv-dialer", () => {
  it("has no install scripts", () => {
    const { scripts } = read("runtime/package.json") as { scripts: object };
    const ofNpm = ["preinstall", "install", "postinstall", "preprepare", "prepare", "postprepare"];
    expect(Object.keys(scripts).length).toBeGreaterThan(0);
    expect(Object.keys(scripts).filter((name) => ofNpm.includes(name))).toEqual([]);
  });
});
