// What the playground's page shows, and its buttons.
import type { Locator, Page } from "playwright-core";
import { expect } from "vitest";

/** Presses a button until the page has sent it: a click was lost once, for a reason that is not known. */
export async function press(page: Page, title: string): Promise<void> {
  await expect
    .poll(async () => {
      const answer = page
        .waitForResponse((response) => response.request().method() === "POST", { timeout: 5_000 })
        .then(
          (response) => response.status(),
          () => "not sent",
        );
      await page.getByRole("button", { name: title }).click();
      return answer;
    })
    .toBe(202);
}

export const buttonOf = (page: Page, name: string): Locator => page.locator(`#${name}`);

export const statusOf = (page: Page, side: string): Promise<string> =>
  page.locator(`#${side}-status`).innerText();

/** The text at a button, by setup. */
export async function effectsOf(page: Page, name: string): Promise<string[]> {
  const items = await page.locator(`#card-${name} .effects li`).allInnerTexts();
  return items.map((item) => item.replaceAll(/\s+/g, " ").trim());
}

/** `id, revision, port` of each task of a service. */
export const tasksOf = (page: Page, side: string, service: string): Promise<string[]> =>
  page
    .locator(`#${side}-hosts .task`, { hasText: service })
    .locator("small:first-of-type")
    .allInnerTexts();

export async function hostOf(page: Page, side: string, service: string): Promise<string> {
  const host = page.locator(`#${side}-hosts .host`, { hasText: service }).first();
  return (await host.getAttribute("id")) ?? "";
}

export const recordOf = (page: Page): Promise<string> =>
  page.locator("#new-records dd li").first().innerText();

/** A figure of each setup. */
export async function figures(page: Page, name: string): Promise<number[]> {
  const row = page.locator("#comparison tr", { has: page.getByText(name, { exact: true }) });
  return (await row.locator("td").allInnerTexts()).map(Number);
}
