import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { until } from "../../../harness/plays/stage/until.ts";
import { PROFILES } from "../../../harness/soak/clients/profiles.ts";
import type { Round } from "../../../harness/soak/schedule/schedule.ts";
import { descendantsOf } from "../../support/processes.ts";
import { played, round } from "./played.ts";

describe.concurrent("a soak", () => {
  it("of a correct setup fails no claim, even with a lost host", async () => {
    const faults: Round["faults"] = [
      { name: "dns-servfail", after: 0, lasts: 600 },
      { name: "kill-app", after: 300, lasts: 0 },
    ];
    const rounds = [round("lose-host", faults), round("deploy")];
    const { record, failed, written } = await played(rounds);
    expect(failed).toEqual([]);
    expect(record.rounds.map(({ missed }) => missed)).toEqual([[], []]);
    expect(record.losses).toHaveLength(1);
    expect(record.tracker.moves).toHaveLength(2);
    expect(record.finalRead?.length).toBeGreaterThan(10);
    expect(record.signatures().length).toBeGreaterThan(10);
    expect(Math.min(...written)).toBeGreaterThan(10);
    expect(record.journal.answeredAt.size).toBe(6);
  });

  it("without the writer lock loses acknowledged writes and names key and operations", async () => {
    const { failed } = await played([round("drain")], { defect: "no-lock" });
    expect(failed.join("\n")).toMatch(/keys are impossible.*\nkey soak:/);
    expect(failed.join("\n")).toMatch(/soak:\S+ {2}client \d {2}/);
  });

  it("without retries has failed commands and names key and operation", async () => {
    const { record, failed } = await played([round("kill")], { defect: "no-retries" });
    expect(failed.join("\n")).toMatch(/soak:\S+ {2}client \d .*Connection is closed/);
    expect(record.endedBy).toBe("a command failed before");
  });

  it("fails if users cannot sign the guest book, because their writes cannot be checked", async () => {
    const server =
      "(request, response) => response.writeHead(request.url === '/healthz' ? 200 : 503).end()";
    const command = `require("http").createServer(${server}).listen(process.env.PORT, process.env.HOST)`;
    const app = { command: [process.execPath, "-e", command], workingDirectory: "/" };
    const { record, failed } = await played([round("kill")], { app });
    expect(record.endedBy).toMatch(/^every client is served: .*: the users of the app$/);
    expect(failed.join()).toContain("the users of the app");
  }, 240_000);

  it("with leaked sockets reports their number", async () => {
    const { record, failed } = await played([round("kill")], { defect: "leaked-socket" });
    expect(failed.at(-1)).toMatch(/socket → .* socket/);
    const sockets = [record.before, record.after].map((each) => each?.descriptors["socket"] ?? 0);
    expect(sockets[1]).toBeGreaterThan(sockets[0] ?? 0);
  });
});

describe("a soak whose client process has ended", () => {
  it("reports it, stops the users and checks their writes", async () => {
    const clients = until("the clients are connected", () =>
      descendantsOf(process.pid).find((pid) => isClients(pid) && socketsOf(pid) > PROFILES.length),
    );
    const soak = played([round("drain", [{ name: "dns-slow", after: 1_500, lasts: 3_000 }])]);
    process.kill(await clients, "SIGKILL");
    const { record, failed } = await soak;
    expect(record.endedBy).toContain("the process of the clients ended with SIGKILL");
    expect(failed.join()).toContain("the process of the clients ended with SIGKILL");
    expect(record.signatures().length).toBeGreaterThan(0);
  });
});

function isClients(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("soak/clients/main.ts");
  } catch {
    return false;
  }
}

function socketsOf(pid: number): number {
  const links = readdirSync(`/proc/${pid}/fd`).map((name) => linkOf(`/proc/${pid}/fd/${name}`));
  return links.filter((link) => link.startsWith("socket:")).length;
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}
