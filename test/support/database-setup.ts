import { findMariadb } from "./mariadb.ts";
import { findPostgres } from "./postgres.ts";

/** Finds or installs the databases once, before any test; the workers get their paths. */
export default async function setup(): Promise<void> {
  // One after the other: apt-get does one thing at a time.
  process.env["POSTGRES"] = await findPostgres();
  process.env["MARIADBD"] = await findMariadb();
}
