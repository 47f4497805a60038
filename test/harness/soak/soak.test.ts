import { describe, expect, it } from "vitest";
import { environmentSetup } from "../../../harness/plays/setups/environment-setup.ts";
import { example } from "../../../harness/plays/setups/example-environment.ts";
import { withoutLock } from "../../../harness/plays/setups/without-lock.ts";
import type { AppendFsync } from "../../../harness/soak/append-fsync.ts";
import type { Defect } from "../../../harness/soak/defects.ts";
import type { SoakRecord } from "../../../harness/soak/record.ts";
import type { MoveName } from "../../../harness/soak/schedule/names.ts";
import type { Round } from "../../../harness/soak/schedule/schedule.ts";
import { withAppendFsync } from "../../../harness/soak/setup.ts";
import { soak } from "../../../harness/soak/soak.ts";
import { judge } from "../../../harness/soak/verdict/verdict.ts";

const SEED = 1;
const dev = environmentSetup("dev", { environments: example });

const round = (name: MoveName, faults: Round["faults"] = []): Round => ({
  number: 1,
  move: { name, after: 100 },
  faults,
});

interface Played {
  readonly record: SoakRecord;
  /** What did not hold, with what was seen. */
  readonly failed: readonly string[];
}

async function played(
  rounds: readonly Round[],
  { defect, appendFsync = "everysec" }: { defect?: Defect; appendFsync?: AppendFsync } = {},
): Promise<Played> {
  const setup = withAppendFsync(dev, appendFsync);
  const { signal } = new AbortController();
  const record = await soak({
    setup: defect === "no-lock" ? withoutLock(setup) : setup,
    seed: SEED,
    rounds,
    defect,
    signal,
  });
  const failed = judge(record, appendFsync)
    .filter(({ held }) => held === false)
    .flatMap(({ claim, seen, details = [] }) => [claim, seen, ...details]);
  return { record, failed };
}

describe.concurrent("a soak", () => {
  it("of a setup that is right fails no claim", async () => {
    const faults: Round["faults"] = [
      { name: "dns-servfail", after: 0, lasts: 600 },
      { name: "app-killed", after: 300, lasts: 0 },
    ];
    const { record, failed } = await played([round("lose-host", faults), round("deploy")]);
    expect(failed).toEqual([]);
    expect(record.rounds.map(({ missed }) => missed)).toEqual([[], []]);
    expect(record.losses).toHaveLength(1);
    expect(record.places.moves).toHaveLength(2);
    expect(record.lastLook?.length).toBeGreaterThan(10);
    expect(record.signatures.length).toBeGreaterThan(10);
    expect(record.journal.answeredAt.size).toBe(6);
  });

  it("without the writer lock loses acknowledged writes, and names key and operations", async () => {
    const { failed } = await played([round("drain")], { defect: "no-lock" });
    expect(failed.join("\n")).toMatch(/keys are impossible\nkey soak:/);
    expect(failed.join("\n")).toMatch(/soak:\S+ {2}client \d {2}/);
  });

  it("without retries has commands that fail, and names key and operation", async () => {
    const { record, failed } = await played([round("kill")], { defect: "no-retries" });
    expect(failed.join("\n")).toMatch(/soak:\S+ {2}client \d .*Connection is closed/);
    expect(record.endedBy).toBe("a command failed before");
  });

  it("with clients that leave sockets open tells how many there are", async () => {
    const { record, failed } = await played([round("kill")], { defect: "leaked-socket" });
    expect(failed.at(-1)).toMatch(/socket → .* socket/);
    const sockets = [record.before, record.after].map((each) => each?.descriptors["socket"] ?? 0);
    expect(sockets[1]).toBeGreaterThan(sockets[0] ?? 0);
  });
});
