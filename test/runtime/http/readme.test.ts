import { expect, it } from "vitest";

import { dnsTo, HOST } from "../support/dialing.ts";
import { startWeb } from "../support/http-servers.ts";
import { runSnippet, snippetWith } from "../support/snippets.ts";

/** The service in the snippets. */
const NAME = "search.dev-ecs";

it.each([
  ["node:http", "srvAgent()", []],
  ["undici", "srvConnect(", ["undici"]],
])("the snippet of docs/http.md for %s works unchanged", async (_client, words, peers) => {
  await using web = await startWeb();
  await using dns = await dnsTo();
  dns.setSrv(NAME, { host: HOST, port: web.port });
  const outcome = await runSnippet(snippetWith(words), { dns: dns.address, peers });
  expect(outcome).toMatchObject({ code: 0, stderr: "" });
  expect(outcome.stdout.trim()).toBe(`${web.port} ${NAME}`);
});
