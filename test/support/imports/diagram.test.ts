import { expect, it } from "vitest";
import { diagram, withDiagrams } from "./diagram.ts";

it("draws arrows as data flows, without those that others say already", () => {
  const edges = [
    { from: "roof.ts", to: "left" },
    { from: "roof.ts", to: "ground" },
    { from: "left", to: "ground" },
  ];
  expect(diagram(edges)).toBe(
    [
      "```mermaid",
      "flowchart LR",
      '  ground["ground"] --> left["left"]',
      '  left["left"] --> roof_ts["roof.ts"]',
      "```",
    ].join("\n"),
  );
});

it("shows a circle with both its arrows", () => {
  const circle = [
    { from: "a", to: "b" },
    { from: "b", to: "a" },
  ];
  expect(diagram(circle).match(/-->/g)).toHaveLength(2);
});

it("replaces what stands between the marks of a page, and nothing else", () => {
  const page = "one\n<!-- imports of a -->\nold\n<!-- end -->\ntwo\n<!-- end -->\n";
  const drawn = "one\n<!-- imports of a -->\n\nnew\n\n<!-- end -->\ntwo\n<!-- end -->\n";
  expect(withDiagrams(page, new Map([["a", "new"]]))).toBe(drawn);
  expect(() => withDiagrams(page, new Map([["b", "new"]]))).toThrow(
    "the page has no <!-- imports of b --> ... <!-- end -->",
  );
});
