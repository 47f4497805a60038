import { readFileSync } from "node:fs";

import mysql2, { type PoolOptions, type RowDataPacket } from "mysql2/promise";
import mysql2Oldest from "mysql2-oldest/promise";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { TLS_FILES } from "../../support/tls/certificates.ts";
import type { SrvDialerOptions } from "../../../runtime/src/base/types.ts";
import { dnsResolver } from "../../../runtime/src/dns/resolver.ts";
import { srvSocket } from "../../../runtime/src/socket.ts";
import { startNameOf, writeDuring } from "../support/database-load.ts";
import { type Database, LOGIN, startMariadb } from "../support/databases.ts";
import { NAME, resolverOf, target } from "../support/dialing.ts";
import { until } from "../support/redis-clients.ts";
import { runSnippet, snippetWith } from "../support/snippets.ts";
import { silentResolver } from "../support/silent-resolver.ts";

const ca = readFileSync(TLS_FILES.cert, "utf8");

let database: Database;

beforeAll(async () => {
  database = await startMariadb();
}, 120_000);

afterAll(async () => {
  await database[Symbol.asyncDispose]();
});

/** DNS with the current port of the database. */
const known = (): SrvDialerOptions => ({ resolver: resolverOf(target(database.port)) });

describe.each([
  ["mysql2", mysql2],
  ["mysql2 3.5.1", mysql2Oldest as object as typeof mysql2],
])("%s", (version, { createPool }) => {
  /** A pool that finds its database through DNS. */
  function poolTo(dialerOptions: SrvDialerOptions, options: PoolOptions = {}) {
    const stream = () => srvSocket(NAME, dialerOptions);
    const pool = createPool({ ...LOGIN, host: NAME, database: "app", stream, ...options });
    return Object.assign(pool, { [Symbol.asyncDispose]: () => pool.end() });
  }

  it("loses nothing that was acknowledged when the server is killed and moves to another port", async () => {
    await using name = await startNameOf(database);
    const resolver = dnsResolver({ servers: [name.dns.address] });
    const before = database.port;
    await using pool = poolTo({ resolver });
    const table = `rows_${version.replaceAll(/\W/g, "_")}`;
    await pool.query(`create table ${table} (id int primary key)`);

    const insert = (row: number) => pool.execute(`insert into ${table} values (?)`, [row]);
    const { acknowledged, failed } = await writeDuring(insert, () => name.move());
    expect(database.port).not.toBe(before);
    expect(failed).toBeGreaterThan(0);
    const [rows] = await pool.query<RowDataPacket[]>(`select id from ${table}`);
    expect(rows.map(({ id }) => Number(id))).toEqual(expect.arrayContaining(acknowledged));
  });

  it("upgrades to TLS, with the certificate of the name", async () => {
    await using pool = poolTo(known(), { ssl: { ca, verifyIdentity: true } });
    const [rows] = await pool.query<RowDataPacket[]>("show status like 'Ssl_version'");
    expect(rows).toMatchObject([{ Value: "TLSv1.3" }]);
    await using unknown = poolTo(known(), { ssl: {} });
    await expect(unknown.query("select 1")).rejects.toThrow(/self-signed certificate/);
  });

  it("ends a dial at the pool's deadline, or at the dialer's", async () => {
    const resolver = silentResolver();
    await using impatient = poolTo({ resolver }, { connectTimeout: 30 });
    await expect(impatient.query("select 1")).rejects.toMatchObject({ code: "ETIMEDOUT" });
    await until(() => resolver.signals.length === 1 && resolver.signals[0]?.aborted === true);
    await using pool = poolTo({ resolver, timeout: 30 });
    await expect(pool.query("select 1")).rejects.toMatchObject({ code: "ERR_SRV_TIMEOUT" });
  });
});

it("the snippet of docs/databases.md works unchanged", async () => {
  await using name = await startNameOf(database, "dev-db.dev-ecs");
  const outcome = await runSnippet(snippetWith('from "mysql2/promise"'), {
    dns: name.dns.address,
    peers: ["mysql2"],
    given: `const password = "${LOGIN.password}";`,
    end: "await pool.end();",
  });
  expect(outcome).toMatchObject({ code: 0, stderr: "" });
  expect(outcome.stdout).toMatch(/^\[ \{ one: 1 \} \]/);
});
