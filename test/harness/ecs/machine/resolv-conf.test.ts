import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { writeResolvConf } from "../../../../harness/ecs/machine/resolv-conf.ts";

const conf = { server: "127.1.2.2", search: "eu-central-1.compute.internal" };

/** The content of each file, on a machine with this nsswitch.conf (undefined: none). */
async function written(nsswitch: string | undefined): Promise<Readonly<Record<string, string>>> {
  const folder = await mkdtemp(path.join(tmpdir(), "resolv-conf-"));
  const source = path.join(folder, "nsswitch.conf");
  try {
    if (nsswitch !== undefined) await writeFile(source, nsswitch);
    const mounts = await writeResolvConf(folder, conf, source);
    const texts = mounts.map(async ({ at, file }) => [at, await readFile(file, "utf8")] as const);
    return Object.fromEntries(await Promise.all(texts));
  } finally {
    await rm(folder, { recursive: true });
  }
}

const resolvConf = "search eu-central-1.compute.internal\nnameserver 127.1.2.2\n";

describe("writeResolvConf", () => {
  it.each([
    ["none at all", undefined],
    ["that of a Debian server", "passwd: files systemd\nhosts:          files dns\n"],
    ["one that says nothing of hosts", "passwd: files\n"],
  ])("names the server, and keeps an nsswitch.conf that uses DNS: %s", async (_what, nsswitch) => {
    expect(await written(nsswitch)).toEqual({ "/etc/resolv.conf": resolvConf });
  });

  it.each([
    ["systemd-resolved", "files myhostname resolve [!UNAVAIL=return] dns"],
    ["mDNS", "files mdns4_minimal [NOTFOUND=return] dns"],
    ["nothing but files", "files"],
  ])("replaces the sources of hosts if %s would answer", async (_what, sources) => {
    expect(await written(`passwd: files\nhosts: ${sources}\nnetworks: files\n`)).toEqual({
      "/etc/resolv.conf": resolvConf,
      "/etc/nsswitch.conf": "passwd: files\nhosts: files dns\nnetworks: files\n",
    });
  });
});
