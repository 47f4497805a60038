import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { describe, expect, it } from "vitest";

import { install, startNode } from "./support/installed.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** Runs a script in a folder in which the built package is installed; what it prints, as JSON. */
async function evaluate(
  script: string,
  { peers = [], flags = [] }: { peers?: string[]; flags?: string[] } = {},
): Promise<unknown> {
  using installation = await install();
  for (const peer of peers) {
    const link = join(installation.folder, "node_modules", peer);
    mkdirSync(join(link, ".."), { recursive: true });
    symlinkSync(join(ROOT, "node_modules", peer), link);
  }
  const args = [...flags, "-e", script];
  await using node = startNode(args, {}, installation.folder);
  const { code, stdout, stderr } = await node.outcome;
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return JSON.parse(stdout);
}

describe("the package as it is installed", () => {
  it("needs none of its optional peers for the dialer", async () => {
    const script =
      'import * as all from "srv-dialer"; console.log(JSON.stringify(Object.keys(all)))';
    const names = await evaluate(script, { flags: ["--input-type=module"] });
    expect(names).toEqual(["SrvDialError", "createSrvDialer", "dnsResolver", "orderTargets"]);
  });

  it("can be required, every entry of it", async () => {
    const script = `
      const keys = (name) => Object.keys(require(name)).sort();
      const { exports } = require("srv-dialer/package.json");
      const entries = Object.keys(exports)
        .filter((path) => path !== "." && !path.endsWith(".json"))
        .map((path) => path.replace(".", "srv-dialer"));
      console.log(JSON.stringify(entries.map(keys)));`;
    const peers = ["ioredis", "dns2", "@aws-sdk/client-servicediscovery"];
    await expect(evaluate(script, { peers })).resolves.toEqual([
      ["SrvConnector", "createRedis", "srvConnector"],
      ["cloudMapResolver"],
      ["startDnsServer"],
    ]);
  });

  it("does nothing on import: no handle, no timer, no listener on the process", async () => {
    // The package debug, which ioredis uses, looks at stderr: that is no work of ours.
    const script = `
      void [process.stdout, process.stderr];
      const state = () => String([process.getActiveResourcesInfo(), process.eventNames()]);
      const before = state();
      for (const name of ["srv-dialer", "srv-dialer/ioredis", "srv-dialer/testing"]) require(name);
      const after = state();
      console.log(JSON.stringify(after === before ? "nothing new" : after));`;
    const found = await evaluate(script, { peers: ["ioredis", "dns2"] });
    expect(found).toBe("nothing new");
  });
});
