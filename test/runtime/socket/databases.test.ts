import { readFileSync } from "node:fs";

import { createPool } from "mysql2/promise";
import { Pool as PgPool } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { TLS_FILES } from "../../support/tls/certificates.ts";
import type { SrvDialerOptions } from "../../../runtime/src/base/types.ts";
import { dnsResolver } from "../../../runtime/src/dns/resolver.ts";
import { srvSocket } from "../../../runtime/src/socket.ts";
import { type Database, LOGIN, startMariadb, startPostgres } from "../support/databases.ts";
import { NAME, resolverOf, target } from "../support/dialing.ts";
import { startNameOf } from "../support/moving-name.ts";
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

const pgPool: MakePool = (dialer, { tls, timeout = 0 } = {}) => {
  const stream = () => srvSocket(NAME, dialer);
  const ssl = tls && (tls === "trusting" ? { ca } : true);
  const base = { ...LOGIN, host: NAME, database: "postgres", stream };
  const pool = new PgPool({ ...base, connectionTimeoutMillis: timeout, ...(ssl && { ssl }) });
  // Without a listener, errors of idle connections would end the process.
  pool.on("error", () => {});
  return {
    query: async (sql) => (await pool.query(sql)).rows,
    [Symbol.asyncDispose]: () => pool.end(),
  };
};

const mysqlPool: MakePool = (dialer, { tls, timeout: connectTimeout = 10_000 } = {}) => {
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
    poolTo: pgPool,
    version: "select version from pg_stat_ssl where pid = pg_backend_pid()",
    untrusted: { code: "DEPTH_ZERO_SELF_SIGNED_CERT" },
    late: { message: expect.stringContaining("timeout") as string },
    peer: "pg",
  },
  {
    start: startMariadb,
    poolTo: mysqlPool,
    version: "show status like 'Ssl_version'",
    untrusted: { message: expect.stringContaining("self-signed certificate") as string },
    late: { code: "ETIMEDOUT" },
    peer: "mysql2",
  },
])("a database of $peer", ({ start, poolTo, version, untrusted, late, peer }) => {
  let database: Database;

  beforeAll(async () => {
    database = await start();
  }, 120_000);

  afterAll(() => database[Symbol.asyncDispose]());

  /** DNS with the current port of the database. */
  const known = (): SrvDialerOptions => ({ resolver: resolverOf(target(database.port)) });

  it("is found again when it is killed and moves to another port", async () => {
    await using name = await startNameOf(database);
    const before = database.port;
    await using pool = poolTo({ resolver: dnsResolver({ servers: [name.dns.address] }) });
    expect(await pool.query("select 1 as one")).toMatchObject([{ one: 1 }]);
    await name.move();
    expect(database.port).not.toBe(before);
    // The pool may first try its idle connection, which has ended.
    const answer = () => pool.query("select 2 as two").catch(() => undefined);
    await expect.poll(answer).toMatchObject([{ two: 2 }]);
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
