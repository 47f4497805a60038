import { describe, expect, it, vi } from "vitest";
import { startProber } from "../../../tools/rehearse/prober.ts";
import { server } from "./support/stub.ts";

const INTERVAL = 5;
const { signal } = new AbortController();
const SOON = { timeout: 20_000 };

describe("a prober", SOON, () => {
  it("counts failures by their reason, and the longest time without a success", async () => {
    let status = 200;
    await using app = await server((_request, response) => response.writeHead(status).end());
    using prober = startProber(new URL("/guests", app.url), "127.0.0.1", INTERVAL);
    const start = performance.now();
    await prober.calm(20_000, signal);
    expect(prober.since(start)).toMatch(/^0 of \d+ requests failed; /);

    status = 503;
    await vi.waitFor(() => expect(prober.since(start)).toContain("failed (status 503); "), SOON);
    const away = performance.now();
    await vi.waitFor(() => expect(prober.since(away)).toMatch(/^(\d\d+) of \1 requests /), SOON);
    const seconds = Math.floor((performance.now() - away) / 100) / 10;
    const [, gap] = /; ([\d.]+) s at most without a success/.exec(prober.since(away)) ?? [];
    expect(Number(gap)).toBeGreaterThanOrEqual(seconds);

    status = 200;
    await prober.calm(20_000, signal);
  });

  it("asks the load balancer, with the name of the app", async () => {
    const asked = new Set<string>();
    await using app = await server(({ headers, url }, response) => {
      asked.add(`${headers.host} ${url}`);
      response.end();
    });
    const url = new URL(`http://app.example.com:${app.url.port}/guests`);
    using prober = startProber(url, "127.0.0.1", INTERVAL);
    await prober.calm(20_000, signal);
    expect([...asked]).toEqual([`${url.host} /guests`]);
  });

  it("notices an app that does not listen, and one that does not answer", async () => {
    const silent = await server(() => {});
    const first = startProber(silent.url, "127.0.0.1", INTERVAL, 100);
    await vi.waitFor(() => expect(first.since(0)).toContain("(no answer)"), SOON);
    const said = /no 20 successes in a row within 0.1 s/;
    await expect(first.calm(50, signal)).rejects.toThrow(said);
    first[Symbol.dispose]();
    await silent[Symbol.asyncDispose]();
    using second = startProber(silent.url, "127.0.0.1", INTERVAL);
    await vi.waitFor(() => expect(second.since(0)).toContain("ECONNREFUSED"), SOON);
  });
});
