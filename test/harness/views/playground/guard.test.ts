import { describe, expect, it } from "vitest";

import { refusalOf } from "../../../../harness/views/playground/guard.ts";

describe("a request to the playground", () => {
  it.each([
    [8080, "127.0.0.1:8080"],
    [8080, "localhost:8080"],
    // Browsers leave out the protocol's default port.
    [80, "127.0.0.1"],
    [80, "localhost"],
  ])("is accepted at port %i for the host %s and from its own pages", (port, host) => {
    expect(refusalOf("GET", { host }, port)).toBeUndefined();
    expect(refusalOf("POST", { host, origin: `http://${host}` }, port)).toBeUndefined();
  });

  it.each([
    [8080, "127.0.0.1"],
    [80, "127.0.0.1:8080"],
    [80, "evil.example"],
  ])("is refused at port %i for the host %s", (port, host) => {
    expect(refusalOf("GET", { host }, port)).toMatch(/^Host must be /);
  });
});
