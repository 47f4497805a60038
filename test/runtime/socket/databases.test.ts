import { readFileSync } from "node:fs";

import mysql2 from "mysql2/promise";
import mysql2Oldest from "mysql2-oldest/promise";
import pg from "pg";
import pgOldest from "pg-oldest";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { TLS_FILES } from "../../support/tls/certificates.ts";
import type { SrvDialerOptions } from "../../../runtime/src/base/types.ts";
import { dnsResolver } from "../../../runtime/src/dns/resolver.ts";
import { srvSocket } from "../../../runtime/src/socket.ts";
import { startNameOf, writeDuring } from "../support/database-load.ts";
import { type Database, LOGIN, startMariadb, startPostgres } from "../support/databases.ts";
import { NAME, resolverOf, target } from "../support/dialing.ts";
import { until } from "../support/redis-clients.ts";
import { runSnippet, snippetWith } from "../support/snippets.ts";
import { silentResolver } from "../support/silent-resolver.ts";

const ca = readFileSync(TLS_FILES.cert, "utf8");

/** A pool that finds its database through DNS. */
interface Pool extends AsyncDisposable {
  /** @returns the rows */
  query(sql: string): Promise<unknown>;
}

/** @param tls whether the client upgrades to TLS, with or without the authority. @param timeout its own, in ms */
type MakePool = (
  dialer: SrvDialerOptions,
  options?: { tls?: "trusting" | "strict"; timeout?: number },
) => Pool;

const pgPool =
  ({ Pool: Kind }: typeof pg): MakePool =>
  (dialer, { tls, timeout = 0 } = {}) => {
    const stream = () => srvSocket(NAME, dialer);
    const ssl = tls && (tls === "trusting" ? { ca } : true);
    const base = { ...LOGIN, host: NAME, database: "postgres", stream };
    const pool = new Kind({ ...base, connectionTimeoutMillis: timeout, ...(ssl && { ssl }) });
    // Without a listener, errors of idle connections would end the process.
    pool.on("error", () => {});
    return {
      query: async (sql) => (await pool.query(sql)).rows,
      [Symbol.asyncDispose]: () => pool.end(),
    };
  };

const mysqlPool =
  ({ createPool }: typeof mysql2): MakePool =>
  (dialer, { tls, timeout: connectTimeout = 10_000 } = {}) => {
    const stream = () => srvSocket(NAME, dialer);
    const ssl = tls && (tls === "trusting" ? { ca, verifyIdentity: true } : {});
    const base = { ...LOGIN, host: NAME, database: "app", stream, connectTimeout };
    const pool = createPool({ ...base, ...(ssl && { ssl }) });
    return {
      query: async (sql) => (await pool.query(sql))[0],
      [Symbol.asyncDispose]: () => pool.end(),
    };
  };

describe.each([
  {
    start: startPostgres,
    pools: { pg: pgPool(pg), "pg 8.9.0": pgPool(pgOldest) },
    version: "select version from pg_stat_ssl where pid = pg_backend_pid()",
    untrusted: { code: "DEPTH_ZERO_SELF_SIGNED_CERT" },
    late: { message: expect.stringContaining("timeout") as string },
    peer: "pg",
  },
  {
    start: startMariadb,
    pools: {
      mysql2: mysqlPool(mysql2),
      "mysql2 3.5.1": mysqlPool(mysql2Oldest as object as typeof mysql2),
    },
    version: "show status like 'Ssl_version'",
    untrusted: { message: expect.stringContaining("self-signed certificate") as string },
    late: { code: "ETIMEDOUT" },
    peer: "mysql2",
  },
])("a database of $peer", ({ start, pools, version, untrusted, late, peer }) => {
  let database: Database;

  beforeAll(async () => {
    database = await start();
  }, 120_000);

  afterAll(() => database[Symbol.asyncDispose]());

  /** DNS with the current port of the database. */
  const known = (): SrvDialerOptions => ({ resolver: resolverOf(target(database.port)) });

  describe.each(Object.entries(pools))("with %s", (client, poolTo) => {
    it("loses nothing that was acknowledged when the server is killed and moves to another port", async () => {
      await using name = await startNameOf(database);
      const before = database.port;
      await using pool = poolTo({ resolver: dnsResolver({ servers: [name.dns.address] }) });
      const table = `rows_${client.replaceAll(/\W/g, "_")}`;
      await pool.query(`create table ${table} (id int primary key)`);

      const insert = (row: number) => pool.query(`insert into ${table} values (${row})`);
      const { acknowledged, failed } = await writeDuring(insert, () => name.move());
      expect(database.port).not.toBe(before);
      expect(failed).toBeGreaterThan(0);
      const rows = (await pool.query(`select id from ${table}`)) as { id: number }[];
      expect(rows.map(({ id }) => id)).toEqual(expect.arrayContaining(acknowledged));
    });

    it("upgrades to TLS, with the certificate of the name", async () => {
      await using pool = poolTo(known(), { tls: "trusting" });
      expect(JSON.stringify(await pool.query(version))).toContain("TLSv1.3");
      await using unknown = poolTo(known(), { tls: "strict" });
      await expect(unknown.query("select 1")).rejects.toMatchObject(untrusted);
    });

    it("ends a dial at the pool's deadline, or at the dialer's", async () => {
      const resolver = silentResolver();
      await using impatient = poolTo({ resolver }, { timeout: 30 });
      await expect(impatient.query("select 1")).rejects.toMatchObject(late);
      await until(() => resolver.signals.length === 1 && resolver.signals[0]?.aborted === true);
      await using pool = poolTo({ resolver, timeout: 30 });
      await expect(pool.query("select 1")).rejects.toMatchObject({ code: "ERR_SRV_TIMEOUT" });
    });
  });

  it("is reached by the snippet of docs/databases.md, unchanged", async () => {
    await using name = await startNameOf(database, "dev-db.dev-ecs");
    const outcome = await runSnippet(
      snippetWith(`from "${peer === "pg" ? peer : `${peer}/promise`}"`),
      {
        dns: name.dns.address,
        peers: [peer],
        given: `const password = "${LOGIN.password}";`,
        end: "await pool.end();",
      },
    );
    expect(outcome).toMatchObject({ code: 0, stderr: "" });
    expect(outcome.stdout).toMatch(/^\[ \{ one: 1 \} \]/);
  });
});
