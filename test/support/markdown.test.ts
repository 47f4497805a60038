import { describe, expect, it } from "vitest";
import { anchorsOf, blocksOf, linksOf } from "./markdown.ts";

const page = `# A page, with \`code\`

See [here](other.md#part) and [\`[x]\`](x.ts).

## Part

\`\`\`sh
# no heading, [no link](none.md)
\`\`\`

## Part
`;

describe("of a page are read", () => {
  it("its blocks of code", () => {
    expect(blocksOf(page)).toEqual([
      { language: "sh", code: "# no heading, [no link](none.md)\n" },
    ]);
  });

  it("its anchors, numbered where a heading is there twice", () => {
    expect([...anchorsOf(page)]).toEqual(["a-page-with-code", "part", "part-1"]);
  });

  it("its links, none of them from code", () => {
    expect(linksOf(page)).toEqual(["other.md#part", "x.ts"]);
  });
});
