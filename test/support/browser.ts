import { join } from "node:path";
import axe, { type AxeResults } from "axe-core";
import { type Browser, type Page, chromium } from "playwright-core";
import { expect, onTestFinished } from "vitest";

export const WIDTHS = { phone: 375, desktop: 1280 } as const;
export const SCHEMES = ["light", "dark"] as const;

/** The settings of a page. */
export interface Look {
  /** Width of the window, in CSS pixels. */
  readonly width: number;
  readonly scheme: (typeof SCHEMES)[number];
}

/** A page of a real browser, with its problems. */
export interface OpenPage {
  readonly page: Page;
  /** Console errors and warnings, exceptions and failed requests. */
  readonly complaints: readonly string[];
  /** The requested URLs. */
  readonly requests: readonly string[];
}

/** Starts the browser. It closes at the end of the caller's block. */
export function startBrowser(args: readonly string[] = []): Promise<Browser> {
  const executablePath = process.env["CHROMIUM"] ?? "";
  return chromium.launch({ executablePath, args: [...args], timeout: 30_000 });
}

/** Opens a page for one test, because open pages continue to load updates. */
export async function openPage(
  browser: Browser,
  url: string,
  { width, scheme }: Look,
): Promise<OpenPage> {
  const page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme: scheme });
  onTestFinished(() => page.close());
  page.setDefaultTimeout(30_000);
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on("request", (request) => requests.push(request.url()));
  page.on("requestfailed", (request) => complaints.push(`${request.url()} failed`));
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  await goTo(page, url, () => {
    complaints.length = 0;
    requests.length = 0;
  });
  return { page, complaints, requests };
}

/** Chromium ends what it loads when a network interface comes or goes, as those of containers in other tests do. */
async function goTo(page: Page, url: string, onAgain: () => void): Promise<void> {
  for (let left = 5; ; left--) {
    try {
      await page.goto(url);
      return;
    } catch (error) {
      if (left === 0 || !String(error).includes("ERR_NETWORK_CHANGED")) throw error;
      onAgain();
    }
  }
}

/**
 * Checks a page: nothing exceeds the window's width, the browser reports no problems, and axe finds no accessibility
 * issue.
 */
export async function expectSound({ page, complaints }: OpenPage): Promise<void> {
  expect(complaints).toEqual([]);
  const width = await page.evaluate<number>("document.documentElement.scrollWidth");
  expect(width, "nothing is wider than the window").toBeLessThanOrEqual(
    page.viewportSize()?.width ?? 0,
  );
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<AxeResults>("axe.run()");
  const found = violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html)]);
  expect(found, "barriers that axe finds").toEqual([]);
}

/** Saves a screenshot in the folder of the variable SCREENSHOTS, if set. */
export async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env["SCREENSHOTS"];
  if (folder === undefined) return;
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}
