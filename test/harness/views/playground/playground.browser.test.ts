import { createServer, request as httpRequest } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { expectSound, openPage, picture, startBrowser, WIDTHS } from "../../../support/browser.ts";
import { environmentSetup } from "../../../../harness/plays/setups/environment-setup.ts";
import { until } from "../../../../harness/plays/stage/until.ts";
import { renderReport } from "../../../../harness/views/report/report.ts";
import { Playground } from "../../../../harness/views/playground/playground.ts";
import {
  type PlaygroundServer,
  servePlayground,
} from "../../../../harness/views/playground/server.ts";

// One environment for all tests, in their order.
let playground: Playground;
let server: PlaygroundServer;
let browser: Browser;

beforeAll(async () => {
  // One host name leads here that should not.
  browser = await startBrowser(["--host-resolver-rules=MAP evil.example 127.0.0.1"]);
  playground = await Playground.start({ setup: environmentSetup("dev"), seed: 1 });
  server = await servePlayground(playground, { port: 0, renderReport });
});

afterAll(async () => {
  await server?.close();
  await playground?.close();
  await browser?.close();
});

const phone = { width: WIDTHS.phone, scheme: "dark" } as const;
const desktop = { width: WIDTHS.desktop, scheme: "light" } as const;

test("the page is there while the environment comes up, and refuses to do two things at once", async () => {
  const { page } = await openPage(browser, server.url, desktop);
  await expect.poll(() => page.locator("#connection").innerText()).toBe("Live");
  expect(await status(page)).toContain("First deploy …");
  // It says that it is disabled, and can be pressed all the same: then it says why.
  await page.getByRole("button", { name: "Kill Redis" }).click({ force: true });
  await expect
    .poll(() => page.getByRole("alert").innerText())
    .toBe("“First deploy” is still going on: one thing at a time");
  await expectSteady(page);
  await expect.poll(() => served(page)).toBeGreaterThan(0);
});

test("“Deploy app” replaces the app's tasks and leaves Redis alone", async () => {
  const { page } = await openPage(browser, server.url, desktop);
  await expect.poll(() => tasksOf(page, "dev-app")).toHaveLength(2);
  const [redis, app] = [await tasksOf(page, "dev-redis"), await tasksOf(page, "dev-app")];
  await press(page, "Deploy app");
  await expect.poll(() => status(page)).toContain("Deploy app …");
  await expectSteady(page);
  await expect.poll(() => tasksOf(page, "dev-app")).toHaveLength(2);
  const released = await tasksOf(page, "dev-app");
  expect(released.every((task) => task.includes("revision 2"))).toBe(true);
  expect(app.some((task) => released.includes(task))).toBe(false);
  expect(await tasksOf(page, "dev-redis")).toEqual(redis);
});

test("“Kill Redis” is followed by another Redis, seen on a second tab and after a reload", async () => {
  const { page } = await openPage(browser, server.url, desktop);
  const { page: other } = await openPage(browser, server.url, phone);
  const [killed = ""] = await tasksOf(page, "dev-redis");
  await press(page, "Kill Redis");
  for (const tab of [page, other]) {
    await expect.poll(() => tab.locator("#log").innerText()).toContain("exited with 137");
    await expect
      .poll(() => tasksOf(tab, "dev-redis"))
      .toEqual([expect.not.stringContaining(killed)]);
  }
  const there = await tasksOf(page, "dev-redis");
  await other.reload();
  await expect.poll(() => tasksOf(other, "dev-redis")).toEqual(there);
});

test("“Move Redis” brings it to another host, and its record with it", async () => {
  const { page } = await openPage(browser, server.url, phone);
  const [record, host] = [await recordOf(page), await hostOf(page, "dev-redis")];
  await press(page, "Move Redis");
  await expect.poll(() => page.locator(`#${host}`).innerText()).toContain("draining");
  await expectSteady(page);
  await expect.poll(() => hostOf(page, "dev-redis")).not.toBe(host);
  await expect.poll(() => recordOf(page)).not.toBe(record);
  await expect.poll(() => page.locator(`#${host}`).innerText()).not.toContain("draining");
});

test.each([
  ["Freeze Redis", "Thaw Redis", /frozen dev-redis/],
  ["Slow EFS", "Make EFS quick", /slow storage/],
  ["Lose a host", "Bring the host back", /host lost host-\d/],
  ["DNS outage", "End the DNS outage", /DNS down/],
  ["Cut the network to Redis", "Connect Redis again", /network cut dev-redis/],
])("“%s” lasts until “%s”", async (title, undoTitle, words) => {
  const { page } = await openPage(browser, server.url, desktop);
  await press(page, title);
  await expect.poll(() => status(page)).toMatch(words);
  await expect
    .poll(() => page.locator("#timeline").innerText())
    .toMatch(words.source.split(" ")[0] ?? "");
  await press(page, undoTitle);
  await expect.poll(() => status(page)).not.toMatch(words);
  await page.getByRole("button", { name: title }).waitFor();
  await expectSteady(page);
});

test("users notice a Redis that is frozen, and the page counts it", async () => {
  const { page } = await openPage(browser, server.url, phone);
  const before = await failed(page);
  await press(page, "Freeze Redis");
  await expect.poll(() => failed(page)).toBeGreaterThan(before);
  await press(page, "Thaw Redis");
  await expectSteady(page);
});

test("a lost host that is not brought back is given up", async () => {
  const { page } = await openPage(browser, server.url, desktop);
  const host = await hostOf(page, "dev-redis");
  await press(page, "Lose a host");
  await expect.poll(() => page.locator(`#${host}`).innerText()).toContain("lost");
  await expect.poll(() => hostOf(page, "dev-redis")).not.toBe(host);
});

test.each([
  ["phone", phone],
  ["desktop", desktop],
])("the page is sound on a %s", async (device, look) => {
  const opened = await openPage(browser, server.url, look);
  await expect.poll(() => opened.page.locator("#connection").innerText()).toBe("Live");
  await expectSound(opened);
  await picture(opened.page, `playground-${device}`);
});

test("the report of all that happened is a page of its own", async () => {
  const opened = await openPage(browser, `${server.url}/report`, desktop);
  await expectSound(opened);
  const words = await opened.page.locator(".timeline").innerText();
  for (const done of ["Deploy app", "killed", "frozen", "host lost"]) expect(words).toContain(done);
});

test("a page of another site can press nothing, whatever name leads it here", async () => {
  const elsewhere = createServer((_, response) => response.end("<title>elsewhere</title>"));
  elsewhere.listen(0, "127.0.0.1");
  await once(elsewhere, "listening");
  try {
    const { port } = elsewhere.address() as AddressInfo;
    const address = JSON.stringify(`${server.url}/actions/redis-killed`);
    for (const host of ["127.0.0.1", "evil.example"]) {
      const { page } = await openPage(browser, `http://${host}:${port}`, desktop);
      await page.evaluate(`fetch(${address}, { method: "POST", mode: "no-cors" })`).catch(() => {});
    }
    const own = new URL(server.url).port;
    const { page } = await openPage(browser, `http://evil.example:${own}`, desktop);
    expect(await page.locator("body").innerText()).toContain("Host must be 127.0.0.1");
    await page.evaluate(`fetch("/actions/redis-killed", { method: "POST" })`);
    expect(playground.lastRun?.title).not.toBe("Kill Redis");
    expect(playground.current).toBeUndefined();
  } finally {
    elsewhere.close();
    elsewhere.closeAllConnections();
  }
});

test.each([
  ["POST", "/actions/nothing", {}, 404, "actions are: app-deploy, redis-moves"],
  ["POST", "/actions/dns-down/undo", {}, 409, "“DNS outage” does not last now"],
  ["POST", "/actions/redis-killed", { origin: "http://evil.example" }, 403, "Origin must be"],
  ["POST", "/actions/redis-killed", { "sec-fetch-site": "cross-site" }, 403, "cross-site"],
  ["POST", "/actions/redis-killed", { host: "evil.example" }, 403, "Host must be"],
  ["GET", "/actions/redis-killed", {}, 405, "only POST is allowed"],
  ["DELETE", "/", {}, 405, "only GET is allowed"],
  ["GET", "/nothing", {}, 404, "there is nothing at /nothing"],
])("%s %s with %j is answered with %i", async (method, path, headers, expected, message) => {
  const sent = { origin: server.url, ...headers };
  const request = httpRequest(`${server.url}${path}`, { method, headers: sent }).end();
  const [response] = await once(request, "response");
  const body = JSON.parse((await response.setEncoding("utf8").toArray()).join(""));
  expect(response.statusCode).toBe(expected);
  expect(body.error).toContain(message);
});

test("it serves this machine alone", () => {
  expect(new URL(server.url).hostname).toBe("127.0.0.1");
});

const press = (page: Page, title: string): Promise<void> =>
  page.getByRole("button", { name: title }).click();

const status = (page: Page): Promise<string> => page.locator("#status").innerText();

/** Nothing is going on, nothing is broken, every service runs what it should. */
async function expectSteady(page: Page): Promise<void> {
  await until("the environment is steady", () => playground.current === undefined, {
    timeout: 60_000,
  });
  await playground.stage.ecs.waitUntilStable();
  await expect.poll(() => status(page)).toBe("Every service runs what it should");
}

/** `id, revision, port` of each task of a service. */
const tasksOf = (page: Page, service: string): Promise<string[]> =>
  page.locator(".task", { hasText: service }).locator("small").allInnerTexts();

async function hostOf(page: Page, service: string): Promise<string> {
  const host = page.locator(".host", { hasText: service }).first();
  return (await host.getAttribute("id")) ?? "";
}

const recordOf = (page: Page): Promise<string> =>
  page.locator("#records dd li").first().innerText();

const served = (page: Page): Promise<number> => tile(page, "served");
const failed = (page: Page): Promise<number> => tile(page, "failed");

async function tile(page: Page, name: string): Promise<number> {
  const value = page.locator("#users div", { has: page.getByText(name, { exact: true }) });
  return Number(await value.locator("dd").innerText());
}
