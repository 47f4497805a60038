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

/** The running tasks of a service in the picture. */
const tasksIn = (page: Page, side: string, service: string): Locator =>
  page.locator(`#${side}-hosts .task:not(.stopped)`, { hasText: service });

/** `id, revision` of each task of a service. */
export const tasksOf = (page: Page, side: string, service: string): Promise<string[]> =>
  tasksIn(page, side, service).locator("small").allInnerTexts();

/** The containers in each task of a service, with their ports. */
export const containersOf = (page: Page, side: string, service: string): Promise<string[]> =>
  tasksIn(page, side, service).locator(".container").allInnerTexts();

export async function hostOf(page: Page, side: string, service: string): Promise<string> {
  const has = page.locator(".task:not(.stopped)", { hasText: service });
  return (await page.locator(`#${side}-hosts .host`, { has }).first().getAttribute("id")) ?? "";
}

/** The target of the SRV record. */
export const recordOf = (page: Page): Promise<string> =>
  page.locator("#new-records .target").first().innerText();
