import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  expectSound,
  openPage,
  picture,
  SCHEMES,
  startBrowser,
  WIDTHS,
} from "../../../support/browser.ts";
import { renderReport } from "../../../../harness/views/report/report.ts";
import { BEGAN, held, sampleRecording } from "./sample.ts";

const before = sampleRecording({
  scenario: "before",
  title: "The old setup",
  startedAt: BEGAN - 20_000,
  figures: [{ step: "Redis is killed", name: "Redis away for the app", value: "27.70 s" }],
  expectations: [{ ...held("Redis is killed", "users notice nothing"), held: false, seen: "20" }],
});
const after = sampleRecording();

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

test.each(looks)("the report is sound on a %s, %s", async (device, scheme, width) => {
  await using file = await reportFile();
  const opened = await openPage(browser, file.url, { width, scheme });
  const { page, requests } = opened;
  await expectSound(opened);
  expect(requests).toEqual([file.url]);

  const background = await page.evaluate("getComputedStyle(document.body).backgroundColor");
  expect(background).toBe(scheme === "dark" ? "rgb(20, 23, 28)" : "rgb(246, 247, 249)");
  const row = page.getByRole("row", { name: "Redis away for the app" });
  expect(await row.getByRole("cell").allInnerTexts()).toEqual(["27.70 s", "1.50 s"]);
  await picture(page, `report-${device}-${scheme}`);
});

test("the timelines have one time scale, with tasks, records, faults and requests on it", async () => {
  await using file = await reportFile();
  const { page } = await openPage(browser, file.url, { width: WIDTHS.desktop, scheme: "light" });
  const timelines = page.locator(".timeline");
  const [first, second] = [timelines.nth(0), timelines.nth(1)];
  const place = async (within: typeof first, text: string) =>
    (await within.locator(".axis").first().getByText(text, { exact: true }).boundingBox())?.x;
  expect(await place(first, "20 s")).toBe(await place(second, "20 s"));

  // 10 s of 30 s: a third of the width.
  const plot = await second.locator(".axis .plot").first().boundingBox();
  const task = await second.getByTitle("task bbbbbb").boundingBox();
  const secondsOf = (pixels: number): number => (pixels / (plot?.width ?? 0)) * 30;
  expect(secondsOf((task?.x ?? 0) - (plot?.x ?? 0))).toBeCloseTo(5, 1);
  expect(secondsOf(task?.width ?? 0)).toBeCloseTo(5, 1);

  const pictures = await second.getByRole("img").all();
  const words = await Promise.all(pictures.map((each) => each.getAttribute("aria-label")));
  const all = words.join("\n");
  expect(all).toContain("task aaaaaa: starting 0.0 s to 0.5 s");
  expect(all).toContain("killed dev-redis aaaaaa: at 4.0 s");
  expect(all).toContain("no records 4.0 s to 5.5 s");
  expect(all).toContain("80 served, 20 failed, between 4.0 s and 6.0 s");
  expect(all).toContain("draining 8.0 s to 10.0 s");
});

test("the tables behind the charts are reached by the keyboard alone", async () => {
  await using file = await reportFile();
  const { page } = await openPage(browser, file.url, { width: WIDTHS.phone, scheme: "dark" });
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  expect(await page.locator("details[open]").count()).toBe(1);
  const table = page.getByRole("region", { name: "Tasks" }).first();
  expect(await table.getByRole("rowheader").allInnerTexts()).toEqual(["aaaaaa", "bbbbbb"]);
  await page.keyboard.press("Tab");
  expect(await table.evaluate((element) => element === element.ownerDocument.activeElement)).toBe(
    true,
  );
});

test("the report prints on paper, white and whole", async () => {
  await using file = await reportFile();
  const opened = await openPage(browser, file.url, { width: 794, scheme: "dark" });
  await opened.page.emulateMedia({ media: "print", colorScheme: "dark" });
  const background = await opened.page.evaluate("getComputedStyle(document.body).backgroundColor");
  expect(background).toBe("rgb(255, 255, 255)");
  await expectSound(opened);
  expect((await opened.page.pdf({ format: "A4" })).length).toBeGreaterThan(10_000);
});

/** The report as a file, as people open it. */
async function reportFile(): Promise<{ url: string } & AsyncDisposable> {
  const folder = await mkdtemp(join(tmpdir(), "report-"));
  const path = join(folder, "report.html");
  await writeFile(path, renderReport([before, after]));
  return {
    url: pathToFileURL(path).href,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}
