import { describe, expect, it } from "vitest";
import { againstBans, againstLayers, edgesOf } from "./layers.ts";

const module = (path: string, files: string[] = [], packages: string[] = []) => ({
  path,
  files,
  packages,
});

const house = {
  folder: "house",
  layers: [["ground"], ["left", "right"], ["roof.ts"]],
};

const sound = [
  module("house/ground/a.ts", ["house/ground/b.ts", "elsewhere/c.ts"]),
  module("house/left/a.ts", ["house/ground/a.ts"]),
  module("house/right/a.ts", ["house/ground/a.ts"]),
  module("house/roof.ts", ["house/left/a.ts", "house/ground/a.ts"]),
  module("elsewhere/c.ts", ["house/roof.ts"]),
];

describe("layers", () => {
  it("let a part import lower ones, and what is outside of the folder", () => {
    expect(againstLayers(sound, house)).toEqual([]);
  });

  it("forbid an import of a higher part, and of one beside it", () => {
    const wrong = [
      ...sound,
      module("house/ground/up.ts", ["house/roof.ts"]),
      module("house/left/aside.ts", ["house/right/a.ts"]),
    ];
    expect(againstLayers(wrong, house)).toEqual([
      "house/ground/up.ts imports house/roof.ts: ground is not above roof.ts",
      "house/left/aside.ts imports house/right/a.ts: left is not above right",
    ]);
  });

  it("name a part that has no layer, and a layer's part that has no module", () => {
    const [, ...rest] = sound;
    expect(againstLayers([...rest, module("house/attic/a.ts")], house)).toEqual([
      "attic in house/ is in no layer",
      "ground is in a layer of house/, and no module is in it",
    ]);
  });

  it("of the root are its folders and files", () => {
    const root = { folder: ".", layers: [["elsewhere"], ["house"]] };
    expect(againstLayers(sound, root)).toEqual([
      "elsewhere/c.ts imports house/roof.ts: elsewhere is not above house",
    ]);
  });
});

describe("a ban", () => {
  const ban = { from: /^house\/ground\//, to: /^(cdktf$|elsewhere\/)/, reason: "it stands alone" };

  it("forbids files and packages", () => {
    expect(
      againstBans([module("house/ground/a.ts", ["elsewhere/c.ts"], ["cdktf"])], [ban]),
    ).toEqual([
      "house/ground/a.ts imports elsewhere/c.ts: it stands alone",
      "house/ground/a.ts imports cdktf: it stands alone",
    ]);
    expect(againstBans([module("house/ground/a.ts", [], ["constructs"])], [ban])).toEqual([]);
  });

  it("that is about no module is a mistake", () => {
    expect(againstBans([module("house/roof.ts")], [ban])).toEqual([
      "no module is /^house\\/ground\\//: it stands alone",
    ]);
  });
});

it("edges are the imports between parts, each pair once", () => {
  expect(edgesOf(sound, "house")).toEqual([
    { from: "left", to: "ground" },
    { from: "right", to: "ground" },
    { from: "roof.ts", to: "left" },
    { from: "roof.ts", to: "ground" },
  ]);
});
