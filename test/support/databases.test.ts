import { describe, expect, it } from "vitest";

import { fakeSystem } from "./fake-system.ts";
import { findMariadb } from "./mariadb.ts";
import { findPostgres } from "./postgres.ts";

describe("findPostgres", () => {
  it("takes what POSTGRES names, then the one on PATH, then Debian's newest", async () => {
    const versions = ["9.6", "17", "15"].map(
      (version) => `/usr/lib/postgresql/${version}/bin/postgres`,
    );
    const [, newest = ""] = versions;
    await expect(findPostgres(fakeSystem(versions))).resolves.toBe(newest);
    const files = [...versions, "/usr/bin/postgres", "/opt/postgres"];
    await expect(findPostgres(fakeSystem(files))).resolves.toBe("/usr/bin/postgres");
    const env = { PATH: "/usr/bin", POSTGRES: "/opt/postgres" };
    await expect(findPostgres(fakeSystem(files, { env }))).resolves.toBe("/opt/postgres");
  });

  it("installs it on Debian as root, without a service and without a database", async () => {
    const system = fakeSystem(["/usr/bin/apt-get"]);
    const { run } = system;
    const installing: boolean[] = [];
    const settings = "/etc/postgresql-common/createcluster.conf";
    const path = await findPostgres({
      ...system,
      run: async (command, args, timeout) => {
        installing.push(system.files.has(settings));
        await run(command, args, timeout);
        system.files.add("/usr/lib/postgresql/17/bin/postgres");
      },
    });
    expect(path).toBe("/usr/lib/postgresql/17/bin/postgres");
    expect(installing).toEqual([true, true]);
    expect(system.files.has(settings)).toBe(false);
    expect(system.commands.at(-1)).toBe(
      "apt-get -o DPkg::Lock::Timeout=120 install -y --no-install-recommends postgresql (no services)",
    );
  });

  it("stops without root, with the command to run", async () => {
    const system = fakeSystem(["/usr/bin/apt-get"], { isRoot: false });
    await expect(findPostgres(system)).rejects.toThrow(
      "A real PostgreSQL is needed, and no postgres is on PATH. Run: sudo apt-get install -y " +
        "--no-install-recommends postgresql (or set POSTGRES to the path of a postgres).",
    );
    expect(system.commands).toEqual([]);
  });
});

describe("findMariadb", () => {
  it("finds it where the PATH of an ordinary user does not lead", async () => {
    await expect(findMariadb(fakeSystem(["/usr/sbin/mariadbd"]))).resolves.toBe(
      "/usr/sbin/mariadbd",
    );
  });

  it("installs the server alone on Debian as root", async () => {
    const system = fakeSystem(["/usr/bin/apt-get"]);
    const { run } = system;
    const path = findMariadb({
      ...system,
      run: async (command, args, timeout) => {
        await run(command, args, timeout);
        system.files.add("/usr/sbin/mariadbd");
      },
    });
    await expect(path).resolves.toBe("/usr/sbin/mariadbd");
    expect(system.commands.at(-1)).toMatch(
      /install -y --no-install-recommends mariadb-server-core/,
    );
  });

  it("refuses a MARIADBD that is not executable", async () => {
    const env = { PATH: "/usr/bin", MARIADBD: "/opt/gone" };
    await expect(findMariadb(fakeSystem([], { env }))).rejects.toThrow(
      'MARIADBD is "/opt/gone", which is not an executable file; allowed: the path of a mariadbd, ',
    );
  });
});
