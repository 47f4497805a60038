import { readFileSync } from "node:fs";

import pg, { type PoolConfig } from "pg";
import oldest from "pg-oldest";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { TLS_FILES } from "../../support/tls/certificates.ts";
import type { SrvDialerOptions } from "../../../runtime/src/base/types.ts";
import { dnsResolver } from "../../../runtime/src/dns/resolver.ts";
import { srvSocket } from "../../../runtime/src/socket.ts";
import { startNameOf, writeDuring } from "../support/database-load.ts";
import { type Database, LOGIN, startPostgres } from "../support/databases.ts";
import { NAME, resolverOf, target } from "../support/dialing.ts";
import { until } from "../support/redis-clients.ts";
import { runSnippet, snippetWith } from "../support/snippets.ts";
import { silentResolver } from "../support/silent-resolver.ts";

const ca = readFileSync(TLS_FILES.cert, "utf8");

let database: Database;

beforeAll(async () => {
  database = await startPostgres();
}, 120_000);

afterAll(async () => {
  await database[Symbol.asyncDispose]();
});

/** DNS with the current port of the database. */
const known = (): SrvDialerOptions => ({ resolver: resolverOf(target(database.port)) });

describe.each([
  ["pg", pg],
  ["pg 8.9.0", oldest],
])("%s", (version, { Pool }) => {
  /** A pool that finds its database through DNS. */
  function poolTo(dialerOptions: SrvDialerOptions, options: PoolConfig = {}) {
    const stream = () => srvSocket(NAME, dialerOptions);
    const pool = new Pool({ ...LOGIN, host: NAME, database: "postgres", stream, ...options });
    // Without a listener, errors of idle connections would end the process.
    pool.on("error", () => {});
    return Object.assign(pool, { [Symbol.asyncDispose]: () => pool.end() });
  }

  it("loses nothing that was acknowledged when the server is killed and moves to another port", async () => {
    await using name = await startNameOf(database);
    const resolver = dnsResolver({ servers: [name.dns.address] });
    const before = database.port;
    await using pool = poolTo({ resolver });
    const table = `rows_${version.replaceAll(/\W/g, "_")}`;
    await pool.query(`create table ${table} (id int primary key)`);

    const insert = (row: number) => pool.query(`insert into ${table} values ($1)`, [row]);
    const { acknowledged, failed } = await writeDuring(insert, () => name.move());
    expect(database.port).not.toBe(before);
    expect(failed).toBeGreaterThan(0);
    const { rows } = await pool.query<{ id: number }>(`select id from ${table}`);
    expect(rows.map(({ id }) => id)).toEqual(expect.arrayContaining(acknowledged));
  });

  it("upgrades to TLS, with the certificate of the name", async () => {
    await using pool = poolTo(known(), { ssl: { ca } });
    const sql = "select ssl, version from pg_stat_ssl where pid = pg_backend_pid()";
    const { rows } = await pool.query(sql);
    expect(rows).toEqual([{ ssl: true, version: "TLSv1.3" }]);
    await using unknown = poolTo(known(), { ssl: true });
    await expect(unknown.query("select 1")).rejects.toMatchObject({
      code: "DEPTH_ZERO_SELF_SIGNED_CERT",
    });
  });

  it("ends a dial at the pool's deadline, or at the dialer's", async () => {
    const resolver = silentResolver();
    await using impatient = poolTo({ resolver }, { connectionTimeoutMillis: 30 });
    await expect(impatient.query("select 1")).rejects.toThrow(/timeout/);
    await until(() => resolver.signals.length === 1 && resolver.signals[0]?.aborted === true);
    await using pool = poolTo({ resolver, timeout: 30 });
    await expect(pool.query("select 1")).rejects.toMatchObject({ code: "ERR_SRV_TIMEOUT" });
  });
});

const PEERS = { peers: ["pg"], given: `const password = "${LOGIN.password}";` };

it.each([
  ["unchanged", (snippet: string) => snippet, "await pool.end();"],
  // Its idle connection does not keep the process alive.
  [
    "without an end",
    (snippet: string) => snippet.replace("stream });", "stream, allowExitOnIdle: true });"),
    "",
  ],
])("the snippet of docs/databases.md works %s", async (_how, change, end) => {
  await using name = await startNameOf(database, "dev-db.dev-ecs");
  const snippet = change(snippetWith('from "pg"'));
  const outcome = await runSnippet(snippet, { dns: name.dns.address, ...PEERS, end });
  expect(outcome).toMatchObject({ code: 0, stderr: "" });
  expect(outcome.stdout).toMatch(/^\[ \{ one: 1 \} \]/);
});
