import { createServer, request as httpRequest } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { expectSound, openPage, picture, startBrowser, WIDTHS } from "../../../support/browser.ts";
import { until } from "../../../../harness/plays/stage/until.ts";
import { renderReport } from "../../../../harness/views/report/report.ts";
import { Playground } from "../../../../harness/views/playground/playground.ts";
import {
  type PlaygroundServer,
  servePlayground,
} from "../../../../harness/views/playground/server.ts";
import {
  buttonOf,
  containersOf,
  effectsOf,
  hostOf,
  press,
  recordOf,
  statusOf,
  tasksOf,
} from "./shown-page.ts";
import { fresh, old } from "./setups.ts";

// All tests share both setups and run in order.
let playground: Playground;
let server: PlaygroundServer;
let browser: Browser;

beforeAll(async () => {
  // This host name must not be accepted.
  browser = await startBrowser(["--host-resolver-rules=MAP evil.example 127.0.0.1"]);
  playground = await Playground.start({
    environment: "dev",
    setups: [fresh, old],
    seed: 1,
  });
  server = await servePlayground(playground, { port: 0, renderReport });
});

afterAll(async () => {
  await server?.close();
  await playground?.close();
  await browser?.close();
});

const phone = { width: WIDTHS.phone, scheme: "dark" } as const;
const desktop = { width: WIDTHS.desktop, scheme: "light" } as const;

test("the page is served while both setups start, and refuses two actions at once", async () => {
  const { page } = await openPage(browser, server.url, desktop);
  await expect.poll(() => page.locator("#connection").innerText()).toBe("Live");
  expect(await statusOf(page, "new")).toContain("No users yet");
  expect(await statusOf(page, "new")).toContain("First deploy …");
  // The button is marked as disabled but can be pressed. Then the reason is shown at the button.
  await page.getByRole("button", { name: "Kill Redis" }).click({ force: true });
  const card = page.getByRole("listitem").filter({ has: page.locator("#kill") });
  await expect
    .poll(() => card.getByRole("alert").innerText())
    .toMatch(/^“First deploy” is under way in the (new|old) setup. One action at a time.$/);
  expect(await page.getByRole("alert").allInnerTexts()).toHaveLength(1);
  await expectSteady(page);
});

test("the picture has the tasks with their containers, the SRV record's target, and requests", async () => {
  const { page } = await openPage(browser, server.url, desktop);
  // In the old setup the task of the app has both; in the new one the record has the port of Redis.
  await expect
    .poll(() => containersOf(page, "old", "before-app"))
    .toEqual([expect.stringMatching(/^app :\d+$/), expect.stringMatching(/^redis :\d+$/)]);
  const redis = await containersOf(page, "new", "dev-redis");
  expect(redis).toEqual([expect.stringMatching(/^redis :\d+$/)]);
  const host = page.locator(`#${await hostOf(page, "new", "dev-redis")}`);
  const address = await host.locator("small").first().innerText();
  expect(await recordOf(page)).toBe(`${address}${redis[0]?.replace("redis ", "")}`);
  expect(await page.locator("#old-records .target").count()).toBe(0);
  for (const side of ["old", "new"]) {
    const requests = page.locator(`#${side}-strip .chart`);
    await expect
      .poll(() => requests.getAttribute("aria-label"))
      .toMatch(/[1-9]\d* served, 0 failed/);
  }
});

test("“Deploy app” by keyboard alone costs requests and a start of Redis only in the old setup", async () => {
  const { page } = await openPage(browser, server.url, desktop);
  await expect.poll(() => tasksOf(page, "new", "dev-app")).toHaveLength(2);
  const redis = await tasksOf(page, "new", "dev-redis");
  const before = await tasksOf(page, "old", "before-app");
  for (let pressed = 0; pressed < 20; pressed++) {
    if ((await page.evaluate("document.activeElement.id")) === "app-deploy") break;
    await page.keyboard.press("Tab");
  }
  await page.keyboard.press("Enter");
  await expect
    .poll(() => page.locator("#busy").innerText())
    .toMatch(/“Deploy app” is under way in the (new|old) setup. The buttons wait for it./);
  expect(await buttonOf(page, "kill").getAttribute("aria-disabled")).toBe("true");
  await expectSteady(page);
  await expect
    .poll(() => effectsOf(page, "app-deploy"))
    .toEqual([
      expect.stringMatching(
        /^Old setup: [1-9]\d* of \d+ requests failed, away for \d+\.\d s, 1 Redis start \(over after/,
      ),
      expect.stringMatching(/^New setup: 0 of \d+ requests failed, 0 Redis starts \(over after/),
    ]);
  // It stays beside the button.
  const [card, costs] = await Promise.all(
    ["#card-app-deploy", "#card-app-deploy .effects"].map((each) => placeOf(page, each)),
  );
  expect(costs?.top).toBeLessThan((card?.top ?? 0) + 100);
  expect(costs?.bottom, "without scrolling").toBeLessThanOrEqual(800);
  await picture(page, "playground-deployed");
  await expect.poll(() => tasksOf(page, "new", "dev-app")).toHaveLength(2);
  const released = await tasksOf(page, "new", "dev-app");
  expect(released.every((task) => task.includes("revision 2"))).toBe(true);
  expect(await tasksOf(page, "new", "dev-redis")).toEqual(redis);
  expect(await tasksOf(page, "old", "before-app")).not.toEqual(before);
});

test("“Kill Redis” starts another Redis, also shown on a second tab and after a reload", async () => {
  const { page } = await openPage(browser, server.url, desktop);
  const { page: other } = await openPage(browser, server.url, phone);
  const [killed = ""] = await tasksOf(page, "new", "dev-redis");
  const [killedBefore = ""] = await tasksOf(page, "old", "before-app");
  await press(page, "Kill Redis");
  // The dead tasks are shown for a while.
  for (const side of ["new", "old"]) {
    await expect
      .poll(() => page.locator(`#${side}-hosts .task.stopped`).allInnerTexts())
      .toEqual([expect.stringContaining("137")]);
  }
  for (const tab of [page, other]) {
    for (const side of ["new", "old"]) {
      await expect.poll(() => tab.locator(`#${side}-log`).innerText()).toContain("exited with 137");
    }
    await expect
      .poll(() => tasksOf(tab, "new", "dev-redis"))
      .toEqual([expect.not.stringContaining(killed)]);
  }
  const there = await tasksOf(page, "new", "dev-redis");
  await other.reload();
  await expect.poll(() => tasksOf(other, "new", "dev-redis")).toEqual(there);
  await expect
    .poll(() => tasksOf(page, "old", "before-app"))
    .toEqual([expect.not.stringContaining(killedBefore)]);
});

test("while requests fail, the status bar is red and visible, on a phone next to the pressed button", async () => {
  const opened = await openPage(browser, server.url, phone);
  const { page } = opened;
  const button = buttonOf(page, "freeze");
  await button.focus();
  await page.keyboard.press("Enter");
  await expect.poll(() => page.locator("#new-status").getAttribute("class")).toBe("cell none");
  await expect.poll(() => statusOf(page, "new")).toContain("No user is served");
  await expect.poll(() => statusOf(page, "old")).toContain("Broken now: Redis is frozen");
  await expect
    .poll(() => effectsOf(page, "freeze"))
    .toEqual([
      expect.stringMatching(/^Old setup: .* \(broken for \d+ s\)/),
      expect.stringMatching(/^New setup: \d+ of \d+ requests failed, .* \(broken for \d+ s\)/),
    ]);
  await expect.poll(() => page.locator("#announcement").innerText()).toContain("no user is served");
  // Only the focus has scrolled. Both are in the window.
  await expect.poll(() => button.innerText()).toBe("Thaw Redis");
  for (const seen of [button, page.locator("#new-status"), page.locator("#old-status")]) {
    const box = await seen.boundingBox();
    expect(box?.y).toBeGreaterThanOrEqual(0);
    expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThanOrEqual(800);
  }
  await expectSound(opened);
  await picture(page, "playground-phone-failing");
  expect(await page.evaluate("document.activeElement.id"), "the focus stays").toBe("freeze");
  await page.keyboard.press("Enter");
  await expectSteady(page);
  await expect
    .poll(() => effectsOf(page, "freeze"))
    .toEqual([
      expect.stringMatching(/^Old setup: .*\(over after/),
      expect.stringMatching(/^New setup: .*\(over after/),
    ]);
});

test("faults last until their repair, and the page says what the old setup does not have", async () => {
  const { page } = await openPage(browser, server.url, desktop);
  const lasting = [
    ["Slow EFS", "Make EFS fast again", "EFS is slow"],
    ["Lose a host", "Bring the host back", "a host is lost"],
    ["DNS outage", "End the DNS outage", "DNS is down"],
    ["Cut the network to Redis", "Connect Redis again", "the network to Redis is cut"],
  ] as const;
  for (const [title, undoTitle, state] of lasting) {
    await press(page, title);
    await expect.poll(() => statusOf(page, "new")).toContain(state);
    await expect.poll(() => page.locator("#new-strip").innerText()).toContain(title);
    await press(page, undoTitle);
    await expect.poll(() => statusOf(page, "new")).not.toContain(state);
    await page.getByRole("button", { name: title }).waitFor();
  }
  expect((await effectsOf(page, "slow-storage"))[0]).toMatch(/^Old setup: /);
  expect((await effectsOf(page, "dns-down"))[0]).toBe(
    "Old setup: not possible: the app does not use DNS to find Redis.",
  );
  await expectSteady(page);
});

test("the report begins with a row for each press: its cost in the old and the new setup", async () => {
  const { page } = await openPage(browser, `${server.url}/report`, desktop);
  const table = page.locator("main section").first().getByRole("table");
  expect(await table.getByRole("columnheader").allInnerTexts()).toEqual([
    "event",
    "Old setup",
    "New setup",
  ]);
  const titles = await table.getByRole("rowheader").allInnerTexts();
  // In the order of the presses, one row for each.
  expect(titles).toEqual([
    "Deploy app",
    "Kill Redis",
    "Freeze Redis",
    "Slow EFS",
    "Lose a host",
    "DNS outage",
    "Cut the network to Redis",
  ]);
  const costsOf = (title: string) =>
    table.getByRole("row", { name: title }).first().getByRole("cell").allInnerTexts();
  const [before, after] = await costsOf("Deploy app");
  expect(before).toMatch(/[1-9]\d* of \d+ requests failed, .*1 Redis start$/);
  expect(after).toMatch(/ 0 of \d+ requests failed, 0 Redis starts$/);
  expect((await costsOf("DNS outage"))[0]).toContain("the app does not use DNS");
  expect(await page.locator("main").innerText()).not.toContain("expectations");
});

test("a page of another site cannot press a button, by any host name", async () => {
  const before = killsOf(playground);
  const elsewhere = createServer((_, response) => response.end("<title>elsewhere</title>"));
  elsewhere.listen(0, "127.0.0.1");
  await once(elsewhere, "listening");
  try {
    const { port } = elsewhere.address() as AddressInfo;
    const address = JSON.stringify(`${server.url}/actions/kill`);
    for (const host of ["127.0.0.1", "evil.example"]) {
      const { page } = await openPage(browser, `http://${host}:${port}`, desktop);
      await page.evaluate(`fetch(${address}, { method: "POST", mode: "no-cors" })`).catch(() => {});
    }
    const own = new URL(server.url).port;
    const { page } = await openPage(browser, `http://evil.example:${own}`, desktop);
    expect(await page.locator("body").innerText()).toContain("Host must be 127.0.0.1");
    await page.evaluate(`fetch("/actions/kill", { method: "POST" })`);
    expect(killsOf(playground)).toEqual(before);
  } finally {
    elsewhere.close();
    elsewhere.closeAllConnections();
  }
});

test.each([
  ["POST", "/actions/nothing", {}, 404, "app-deploy, drain"],
  ["POST", "/actions/dns-down/undo", {}, 409, "“DNS outage”"],
  ["POST", "/actions/kill", { origin: "http://evil.example" }, 403, "Origin must be"],
  ["POST", "/actions/kill", { "sec-fetch-site": "cross-site" }, 403, "cross-site"],
  ["POST", "/actions/kill", { host: "evil.example" }, 403, "Host must be"],
  ["GET", "/actions/kill", {}, 405, "only POST is allowed"],
  ["DELETE", "/", {}, 405, "only GET is allowed"],
  ["GET", "//", {}, 400, "invalid path"],
  ["GET", "/nothing", {}, 404, "there is nothing at /nothing"],
])("%s %s with %j is answered with %i", async (method, path, headers, expected, message) => {
  const sent = { origin: server.url, ...headers };
  const request = httpRequest(`${server.url}${path}`, { method, headers: sent }).end();
  const [response] = await once(request, "response");
  const body = JSON.parse((await response.setEncoding("utf8").toArray()).join(""));
  expect(response.statusCode).toBe(expected);
  expect(body.error).toContain(message);
});

test("it serves only this machine", () => {
  expect(new URL(server.url).hostname).toBe("127.0.0.1");
});

/** Waits until no action runs, every service is stable and every user is served. */
async function expectSteady(page: Page): Promise<void> {
  await until("the setups are steady", () => playground.busy === undefined, { timeout: 60_000 });
  for (const { id, stage } of playground.sides) {
    await stage?.ecs.waitUntilStable();
    await expect.poll(() => statusOf(page, id)).toContain("Users are served");
    await expect.poll(() => statusOf(page, id)).toContain("Services are stable");
  }
}

/** Where the top and the bottom of an element are in the window. */
async function placeOf(page: Page, selector: string): Promise<{ top: number; bottom: number }> {
  const box = await page.locator(selector).boundingBox();
  if (box === null) throw new Error(`${selector} is not shown`);
  return { top: box.y, bottom: box.y + box.height };
}

/** The number of Redis kills in each setup. */
const killsOf = ({ sides }: Playground): number[] =>
  sides.map(
    ({ stage }) =>
      stage?.events.filter((event) => event.type === "fault" && event.fault === "kill").length ?? 0,
  );
