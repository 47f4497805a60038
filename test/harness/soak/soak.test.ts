import { describe, expect, it } from "vitest";
import type { LocalImage } from "../../../harness/ecs/index.ts";
import { environmentSetup } from "../../../harness/plays/setups/environment-setup.ts";
import { example } from "../../../harness/plays/setups/example-environment.ts";
import type { MoveName } from "../../../harness/soak/faults.ts";
import type { Round } from "../../../harness/soak/schedule.ts";
import { type Defect, soakSetup } from "../../../harness/soak/setup.ts";
import { soak } from "../../../harness/soak/soak.ts";
import { judge } from "../../../harness/soak/verdict.ts";

const round = (number: number, name: MoveName, faults: Round["faults"] = []): Round => ({
  number,
  move: { name, after: 100 },
  faults,
});

interface Broken {
  readonly defect?: Defect;
  /** @default the example app */
  readonly app?: LocalImage;
}

/** Plays rounds in the environment dev. */
async function played(rounds: readonly Round[], { defect, app }: Broken = {}) {
  const setup = environmentSetup("dev", { environments: example, ...(app && { app }) });
  const record = await soak({
    setup: soakSetup(setup, { defect }),
    seed: 1,
    rounds,
    within: Infinity,
    signal: AbortSignal.timeout(240_000),
  });
  return { record, failed: judge(record).filter(({ held }) => !held) };
}

describe.concurrent("a soak", () => {
  it("of a correct setup fails no claim, even with a lost host", async () => {
    const faults: Round["faults"] = [
      { name: "dns-servfail", after: 0, lasts: 600 },
      { name: "kill-app", after: 300, lasts: 0 },
    ];
    const rounds = [round(1, "lose-host", faults), round(2, "kill"), round(3, "deploy")];
    const { record, failed } = await played(rounds);
    expect(failed).toEqual([]);
    expect(record.rounds.map(({ missed }) => missed)).toEqual([[], [], []]);
    expect(new Set(record.rounds.map(({ redisAt }) => redisAt)).size).toBe(3);
    expect(record.acknowledged).toBeGreaterThan(50);
  });

  it.each(["no-lock", "no-file"] as const)(
    "with the defect %s ends with the lost writes and their users",
    async (defect) => {
      const rounds = [round(1, "drain"), round(2, "drain"), round(3, "drain")];
      const { record, failed } = await played(rounds, { defect });
      expect(failed).toMatchObject([{ claim: "no acknowledged write is lost" }]);
      expect(failed[0]?.details?.[0]).toMatch(/^guest-\d+, acknowledged at /);
      expect(record.missing.lost.length).toBeGreaterThan(0);
      expect(record.rounds.length).toBeLessThan(3);
    },
  );

  it("fails if users cannot sign the guest book, because their writes cannot be checked", async () => {
    const server =
      "(request, response) => response.writeHead(request.method === 'GET' ? 200 : 503).end()";
    const command = `require("http").createServer(${server}).listen(process.env.PORT, process.env.HOST)`;
    const app = { command: [process.execPath, "-e", command], workingDirectory: "/" };
    const { record, failed } = await played([round(1, "kill")], { app });
    expect(record.endedBy).toMatch(/^another Redis acknowledges a write: not within/);
    expect(failed.map(({ seen }) => seen)).toEqual([
      expect.stringContaining("another Redis acknowledges a write"),
      expect.stringContaining("0 writes"),
    ]);
  });
});
