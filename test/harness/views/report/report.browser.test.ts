import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Locator } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  expectSound,
  openPage,
  picture,
  SCHEMES,
  startBrowser,
  WIDTHS,
} from "../../../support/browser.ts";
import type { Recording } from "../../../../harness/plays/stage/recording.ts";
import { renderReport } from "../../../../harness/views/report/report.ts";
import { sampleBefore, sampleRecording } from "./sample.ts";

const before = sampleBefore();
const after = sampleRecording();

const COMMAND = "npm start -- --scenario before after --seed 7 --report report.html";

const desktop = { width: WIDTHS.desktop, scheme: "light" } as const;

let browser: Browser;

beforeAll(async () => {
  browser = await startBrowser();
});

afterAll(async () => {
  await browser?.close();
});

const looks = Object.entries(WIDTHS).flatMap(([device, width]) =>
  SCHEMES.map((scheme) => [device, scheme, width] as const),
);

test.each(looks)("the report is accessible on a %s, %s", async (device, scheme, width) => {
  await using file = await reportFile();
  const opened = await openPage(browser, file.url, { width, scheme });
  const { page, requests } = opened;
  await expectSound(opened);
  expect(requests).toEqual([file.url]);

  const background = await page.evaluate("getComputedStyle(document.body).backgroundColor");
  expect(background).toBe(scheme === "dark" ? "rgb(20, 23, 28)" : "rgb(246, 247, 249)");
  const row = page.getByRole("row", { name: "app away for its users" });
  expect(await row.getByRole("cell").allInnerTexts()).toEqual(["5.70 s", "1.50 s"]);
  await picture(page, `report-${device}-${scheme}`);
});

test("the timelines have tasks, containers, records, faults and requests on one time scale", async () => {
  await using file = await reportFile();
  const { page } = await openPage(browser, file.url, desktop);
  const [first, second] = [0, 1].map((index) => page.locator("article .timeline").nth(index));
  if (!first || !second) throw new Error("there are no two timelines");

  // 10 s of 30 s: a third of the width.
  const plot = await second.locator(".axis .plot").first().boundingBox();
  const task = await second.getByTitle("task bbbbbb").boundingBox();
  const secondsOf = (pixels: number): number => (pixels / (plot?.width ?? 0)) * 30;
  expect(secondsOf((task?.x ?? 0) - (plot?.x ?? 0))).toBeCloseTo(5, 1);
  expect(secondsOf(task?.width ?? 0)).toBeCloseTo(5, 1);

  const all = await wordsOf(second);
  expect(all).toContain("task aaaaaa: starting 0.0 s to 0.5 s; not yet healthy 0.5 s to 2.0 s");
  expect(all).toContain("killed dev-redis aaaaaa: at 4.0 s");
  expect(all).toContain("no records 4.0 s to 5.5 s");
  expect(all).toContain("80 served, 20 failed, between 4.0 s and 6.0 s");
  expect(all).toContain("draining 8.0 s to 10.0 s");

  const old = await wordsOf(first);
  expect(old).toContain("start 2 of redis, in task dddddd: 25.5 s to 27.0 s, exit code 0");
  expect(old).toContain("start 3 of redis, in task eeeeee: 28.5 s to 30.0 s");
  expect(await first.getByTitle(/of redis/).count()).toBe(3);
});

test.each([...Object.entries(WIDTHS), ["tablet", 700] as const])(
  "no label is cut or overlaps another on a %s",
  async (_, width) => {
    const steps = [
      "first deploy",
      "DNS takes a second for each answer while Redis moves",
      "writes",
    ];
    const crowded = steps.map((title, index) => ({ title, at: after.startedAt + index * 500 }));
    await using file = await reportFile([
      sampleBefore({ steps: crowded }),
      sampleRecording({ steps: crowded }),
    ]);
    const { page } = await openPage(browser, file.url, { width, scheme: "light" });
    const texts = await page.evaluate<Text[]>(TEXTS);
    expect(texts.map(({ text }) => text)).toEqual(expect.arrayContaining([...steps, "10 s"]));
    const overlaps = texts.flatMap((one, index) =>
      texts.slice(index + 1).flatMap((other) => (overlap(one, other) ? [[one, other]] : [])),
    );
    expect(overlaps).toEqual([]);
    expect(texts.filter(({ x, right }) => x < 0 || right > width)).toEqual([]);
  },
);

test("focus by keyboard opens the list of a row", async () => {
  await using file = await reportFile();
  const opened = await openPage(browser, file.url, { width: WIDTHS.phone, scheme: "dark" });
  const { page } = opened;
  const tips = page.locator(".tip:visible");
  expect(await tips.count()).toBe(0);
  const redis = page.getByRole("img", { name: "start 2 of redis" });
  for (let pressed = 0; pressed < 20; pressed++) {
    if (await redis.evaluate((each) => each === each.ownerDocument.activeElement)) break;
    await page.keyboard.press("Tab");
  }
  expect(await tips.getByRole("listitem", { includeHidden: true }).allInnerTexts()).toEqual([
    "start 1 of redis, in task cccccc: 20.5 s to 24.0 s, exit code 137",
    "start 2 of redis, in task dddddd: 25.5 s to 27.0 s, exit code 0",
    "start 3 of redis, in task eeeeee: 28.5 s to 30.0 s",
  ]);
  await expectSound(opened);
  const box = await tips.boundingBox();
  expect(box?.x).toBeGreaterThanOrEqual(0);
  expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(WIDTHS.phone);
});

test("the report prints completely on white paper", async () => {
  await using file = await reportFile();
  const opened = await openPage(browser, file.url, { width: 794, scheme: "dark" });
  await opened.page.emulateMedia({ media: "print", colorScheme: "dark" });
  const background = await opened.page.evaluate("getComputedStyle(document.body).backgroundColor");
  expect(background).toBe("rgb(255, 255, 255)");
  await expectSound(opened);
  expect((await opened.page.pdf({ format: "A4" })).length).toBeGreaterThan(10_000);
});

/** The text of a timeline for screen readers. */
async function wordsOf(timeline: Locator): Promise<string> {
  const pictures = await timeline.getByRole("img").all();
  const words = await Promise.all(pictures.map((each) => each.getAttribute("aria-label")));
  return words.join("\n");
}

/** A text of a timeline with its position. */
interface Text {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly right: number;
  readonly bottom: number;
}

/** Runs in the page: the texts that must not be cut. */
const TEXTS = `[...document.querySelectorAll(".label, .group, .name, .axis b, .chart b")]
  .map((element) => {
    const range = document.createRange();
    range.selectNodeContents(element);
    const { x, y, right, bottom } = range.getBoundingClientRect();
    return { text: element.textContent.trim(), x, y, right, bottom };
  })
  .filter(({ x, right }) => right > x)`;

/** More than pixel rounding. */
const overlap = (one: Text, other: Text): boolean =>
  Math.min(one.right, other.right) - Math.max(one.x, other.x) > 1 &&
  Math.min(one.bottom, other.bottom) - Math.max(one.y, other.y) > 1;

/** The report as a file. */
async function reportFile(
  recordings: readonly Recording[] = [before, after],
): Promise<{ url: string } & AsyncDisposable> {
  const folder = await mkdtemp(join(tmpdir(), "report-"));
  const path = join(folder, "report.html");
  await writeFile(path, renderReport(recordings, COMMAND));
  return {
    url: pathToFileURL(path).href,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}
