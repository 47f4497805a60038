import { describe, expect, it } from "vitest";
import { readResults, resultNames, type Results } from "../../harness/results/results.ts";
import { pagePaths } from "../support/markdown.ts";
import { NOT_MEASURED } from "./figures/not-measured.ts";
import { PAGES, readPage, withFigures, withTold } from "./figures/pages.ts";
import { TOLD, type Told } from "./figures/told.ts";
import { untoldFigures } from "./figures/untold.ts";

/** The history tells what was; these pages are made from the code, or from results as a whole. */
const isWritten = (path: string): boolean =>
  path !== "CHANGELOG.md" &&
  !path.startsWith("modules/") &&
  !/^<!-- Written by|^Written by `npm run faults`/m.test(readPage(path));

describe("the figures of the pages", () => {
  it.each(PAGES)("are those of the files in results/: %s", (path) => {
    const page = readPage(path);
    expect(page, "run: npm run docs:figures").toBe(withFigures(path, page));
  });

  const written = pagePaths().filter(isWritten);

  it.each(written)("are in a file, or no one measured them: %s", (path) => {
    const told = TOLD.filter(({ page }) => page === path);
    expect(untoldFigures(readPage(path), told).toSorted()).toEqual(
      Object.keys(NOT_MEASURED[path] ?? {}).toSorted(),
    );
  });

  it("are looked for in every page that the list of the others names", () => {
    expect(written).toEqual(expect.arrayContaining(Object.keys(NOT_MEASURED)));
    expect(written).toEqual(expect.arrayContaining(["README.md", "runtime/README.md"]));
  });
});

describe("the files in results/", () => {
  const { scripts } = JSON.parse(readPage("package.json")) as { scripts: object };

  it.each(resultNames())(
    "are of a command that there is, with machine and versions: %s",
    (name) => {
      const { command } = readResults(name);
      const [, script = ""] = /^npm run ([\w:-]+)/.exec(command) ?? [];
      expect(Object.keys(scripts)).toContain(script);
    },
  );

  it("are where the pages take their figures from", () => {
    expect(resultNames()).toEqual(expect.arrayContaining(TOLD.map(({ file }) => file)));
  });
});

const results: Results = {
  ...readResults("figures"),
  figures: { seconds: 7 },
};
const told: Told = {
  page: "page.md",
  words: "It takes {} s, or {} ms.",
  file: "figures",
  figures: ({ figures }) => [JSON.stringify(figures["seconds"]), "3 to 4"],
};

describe("the check of figures", () => {
  it("writes the figures of the file, whatever the page told and however it is broken", () => {
    expect(withTold("Slow. It\ntakes 12 to 13 s, or\n9 ms. Really.", told, results)).toBe(
      "Slow. It\ntakes 7 s, or\n3 to 4 ms. Really.",
    );
  });

  it("fails when the words are gone, or there twice", () => {
    expect(() => withTold("It takes 12 s.", told, results)).toThrow("page.md has the words not");
    const page = "It takes 12 s, or 9 ms.";
    expect(() => withTold(`${page} ${page}`, told, results)).toThrow("more than once: It takes");
  });

  it("fails when the file has another number of figures than the words", () => {
    const one = { ...told, figures: () => ["7"] };
    expect(() => withTold("It takes 12 s, or 9 ms.", one, results)).toThrow(
      "2 figures are told, 1 given",
    );
  });

  it("finds a figure that is in no file", () => {
    const page =
      "It takes 7 s, or 3 ms. Then 40 %, 1 500 ms, 0.5\nGB and 2 × of 3.5 ×, 2 × 8 cores.";
    expect(untoldFigures(page, [told])).toEqual(["40 %", "1 500 ms", "0.5 GB", "2 ×", "3.5 ×"]);
  });

  it.each(["40-second", "3x", "3 times", "40 percent", "40 sec", "40+ s"])(
    "finds %s, as others write a figure",
    (figure) => {
      expect(untoldFigures(`It takes ${figure}, with Redis 7.x.`, [told])).toEqual([figure]);
    },
  );

  it("leaves out what a command wrote as a whole", () => {
    const page = "<!-- results of npm run bench -->\n\n7 ms\n\n<!-- end -->\n\n8 ms";
    expect(untoldFigures(page, [])).toEqual(["8 ms"]);
  });

  it.each(TOLD)("knows no figure that the file lacks: $words", ({ figures }) => {
    expect(() => figures(results)).toThrow(/measures no "/);
  });
});
