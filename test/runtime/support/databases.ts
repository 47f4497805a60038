// Real databases that can move to another port with their data.
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { vi } from "vitest";

import { freePort } from "../../../harness/ecs/programs/free-port.ts";
import { TLS_FILES } from "../../support/tls/certificates.ts";
import { findMariadb } from "../../support/mariadb.ts";
import { findPostgres } from "../../support/postgres.ts";
import {
  type Server,
  type UserFolder,
  runAsUser,
  startAsUser,
  userFolder,
} from "./ordinary-user.ts";

/** Credentials of clients. */
export const LOGIN = { user: "app", password: "secret" };

const START_TIMEOUT = 15_000;
const MAX_TRIES = 10;

/** A database on a port of 127.0.0.1, with optional TLS. */
export interface Database extends AsyncDisposable {
  readonly port: number;
  /** Kills it, as if its task was lost, and starts it on another port with its data. */
  move(): Promise<void>;
}

/** How to start a kind of database. */
interface Kind {
  readonly folder: UserFolder;
  readonly start: (port: number) => Server;
  /** Text in its output when it is ready. */
  readonly ready: string;
  /** Kills it with its child processes, so that it cannot write anything. */
  readonly kill: NodeJS.Signals;
}

/** No sync to the disk is needed: the system keeps the written files of a killed process. */
export async function startPostgres(): Promise<Database> {
  const postgres = await findPostgres();
  const folder = userFolder("postgres-");
  const data = join(folder.path, "data");
  const password = folder.write("password", LOGIN.password);
  const access = ["--username", LOGIN.user, "--auth=scram-sha-256", `--pwfile=${password}`];
  const rest = ["--no-sync", "--no-instructions", "--locale=C", "--encoding=UTF8"];
  await runAsUser(join(dirname(postgres), "initdb"), ["-D", data, ...access, ...rest]);
  const settings = {
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    ssl: "on",
    ssl_cert_file: folder.keep(TLS_FILES.cert),
    ssl_key_file: folder.keep(TLS_FILES.key),
    fsync: "off",
    full_page_writes: "off",
    shared_buffers: "16MB",
  };
  const args = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  return startDatabase({
    folder,
    start: (port) => startAsUser(postgres, ["-D", data, "-p", String(port), ...args]),
    ready: "database system is ready to accept connections",
    kill: "SIGQUIT",
  });
}

/** The scripts of MariaDB's system tables, which mariadb-install-db runs. */
const SYSTEM_TABLES = ["system_tables", "performance_tables", "system_tables_data"];

export async function startMariadb(): Promise<Database> {
  const mariadbd = await findMariadb();
  const folder = userFolder("mariadb-");
  const small = ["--innodb-log-file-size=4M", "--innodb-buffer-pool-size=8M"];
  // Ignores the configuration of this machine.
  const args = ["--no-defaults", `--datadir=${folder.path}`, ...small, "--skip-log-bin"];
  const sql = [
    "create database mysql;",
    "use mysql;",
    ...SYSTEM_TABLES.map((name) => readFileSync(sqlFile(mariadbd, name), "utf8")),
    "flush privileges;",
    "create database app;",
    `create user ${LOGIN.user}@'%' identified by '${LOGIN.password}';`,
    `grant all on app.* to ${LOGIN.user}@'%';`,
  ];
  await runAsUser(mariadbd, [...args, "--bootstrap"], `${sql.join("\n")}\n`);
  const running = [
    "--bind-address=127.0.0.1",
    `--socket=${join(folder.path, "socket")}`,
    `--pid-file=${join(folder.path, "pid")}`,
    `--ssl-cert=${folder.keep(TLS_FILES.cert)}`,
    `--ssl-key=${folder.keep(TLS_FILES.key)}`,
    "--skip-name-resolve",
    "--innodb-flush-log-at-trx-commit=2",
  ];
  return startDatabase({
    folder,
    start: (port) => startAsUser(mariadbd, [...args, ...running, `--port=${port}`]),
    ready: "ready for connections",
    kill: "SIGKILL",
  });
}

/** Their folder and names changed in version 11. */
function sqlFile(mariadbd: string, name: string): string {
  const share = join(dirname(mariadbd), "../share");
  const known = ["mysql", "mariadb"].flatMap((folder) =>
    ["mysql", "mariadb"].map((prefix) => join(share, folder, `${prefix}_${name}.sql`)),
  );
  const found = known.find((path) => existsSync(path));
  if (found === undefined) throw new Error(`found none of ${known.join(", ")}`);
  return found;
}

async function startDatabase(kind: Kind): Promise<Database> {
  let running = await startOnFreePort(kind);
  return {
    get port() {
      return running.port;
    },
    async move() {
      await running.server.end(kind.kill);
      running = await startOnFreePort(kind);
    },
    async [Symbol.asyncDispose]() {
      await running.server.end(kind.kill);
      kind.folder.remove();
    },
  };
}

async function startOnFreePort({ start, ready }: Kind): Promise<{ port: number; server: Server }> {
  for (let tries = 1; ; tries++) {
    const port = await freePort();
    const server = start(port);
    const { log, hasEnded } = server;
    const timing = { timeout: START_TIMEOUT, interval: 10 };
    await vi.waitUntil(() => log().includes(ready) || hasEnded(), timing);
    if (!hasEnded()) return { port, server };
    // Another process may use the port after it was found free.
    if (tries === MAX_TRIES || !/address already in use/i.test(log())) throw new Error(log());
  }
}
