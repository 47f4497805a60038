import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { ApiMember, ApiName } from "../../../harness/reference/api.ts";
import { pages, written } from "../../../harness/reference/pages.ts";
import { gapsOf } from "./gaps.ts";

const ROOT = join(import.meta.dirname, "../../..");

describe("the reference", () => {
  const all = pages();

  it("is up to date; if not, run npm run reference", async () => {
    for (const [path, text] of Object.entries(await written(all))) {
      expect(readFileSync(join(ROOT, path), "utf8"), path).toBe(text);
    }
  });

  it.each(all)("has docstrings with units, defaults, errors and examples in $path", ({ api }) => {
    expect(gapsOf(api)).toEqual([]);
  });
});

const silent = { text: "", tags: [] };
const member = (signature: string, isOptional = false, text = ""): ApiMember => ({
  name: "a",
  signature,
  isOptional,
  docs: { text, tags: [] },
});
const gapsIn = (kind: ApiName["kind"], members: readonly ApiMember[] = []): string[] =>
  gapsOf({
    entries: [
      { entry: "demo", names: [{ name: "Name", kind, signature: "", docs: silent, members }] },
    ],
  });

describe("the check of docstrings", () => {
  it("finds a function without text, errors and example", () => {
    expect(gapsIn("function")).toEqual([
      "demo Name: says nothing",
      "demo Name: tells no errors",
      "demo Name: has no example",
    ]);
  });

  it("finds an option without text, unit and default", () => {
    expect(gapsIn("type", [member("a?: number", true), member("a: string")])).toEqual([
      "demo Name: says nothing",
      "demo Name.a: says nothing",
      "demo Name.a: tells no unit",
      "demo Name.a: tells no default",
    ]);
  });

  it("finds a method without errors, and takes a callback for no number", () => {
    expect(
      gapsIn("interface", [
        member("a(): void", false, "Ends it."),
        member("a: (b: number) => void", false, "It."),
      ]),
    ).toEqual(["demo Name: says nothing", "demo Name.a: tells no errors"]);
  });
});
