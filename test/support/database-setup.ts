import { findMariadb } from "./mariadb.ts";
import { findPostgres } from "./postgres.ts";

/** Finds or installs the databases once before all tests. The workers get their paths. */
export default async function setup(): Promise<void> {
  // In sequence, because apt-get does not run concurrently.
  process.env["POSTGRES"] = await findPostgres();
  process.env["MARIADBD"] = await findMariadb();
}
