import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { whyNoNetworks } from "../../../../harness/ecs/index.ts";

const MACHINE = fileURLToPath(new URL("../fixture/gateway.ts", import.meta.url));

/** Runs the fixture on a machine of its own: its networks, rules and /run are those of new namespaces. */
function onMachine(what: string): unknown {
  const node = [process.execPath, "--import", import.meta.resolve("tsx"), MACHINE, what];
  const script = 'mount -t tmpfs -o mode=755 tmpfs /run && exec "$@"';
  const args = ["--net", "--mount", "--", "/bin/sh", "-c", script, "sh", ...node];
  return JSON.parse(execFileSync("unshare", args, { encoding: "utf8", timeout: 120_000 }));
}

describe.runIf((await whyNoNetworks()) === undefined)("the gateway of containers' networks", () => {
  it("lets only this machine and the run's containers open connections to a container, and a container reach its run", () => {
    expect(onMachine("reached")).toEqual({
      "this machine to a container": "open",
      "the neighbor to a container": "silent",
      "another run's container to a container": "silent",
      "a container to the neighbor": "open",
      "this machine to an instance's metadata": "open",
      "a container to an instance's metadata": "silent",
      "a container to its agent": "open",
      "a container to this machine's localhost": "open",
      "a container to an address that is named": "open",
      "a container to another run's agent": "silent",
      "no IPv6 router can be a container": true,
      rules: null,
      forwarding: "0",
    });
  });

  it("has a lock that no other user can hold; what holds it is named, and does not keep rules at the end", () => {
    expect(onMachine("locked")).toEqual({
      opened: expect.stringContaining("Permission denied"),
      refused:
        "HarnessError: cannot forward packets of containers: /run/local-ecs/gateway.lock was held for 10 s by process PID of ecs-test",
      rules: null,
      forwarding: "0",
    });
  });
});
