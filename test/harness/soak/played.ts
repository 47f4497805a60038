import type { LocalImage } from "../../../harness/ecs/index.ts";
import { environmentSetup } from "../../../harness/plays/setups/environment-setup.ts";
import { example } from "../../../harness/plays/setups/example-environment.ts";
import { withoutLock } from "../../../harness/plays/setups/without-lock.ts";
import type { AppendFsync } from "../../../harness/soak/append-fsync.ts";
import type { Defect } from "../../../harness/soak/defects.ts";
import type { SoakRecord } from "../../../harness/soak/record.ts";
import type { MoveName } from "../../../harness/soak/faults/moves.ts";
import type { Round } from "../../../harness/soak/schedule/schedule.ts";
import { withAppendFsync } from "../../../harness/soak/setup.ts";
import { soak } from "../../../harness/soak/soak.ts";
import { judge } from "../../../harness/soak/verdict/verdict.ts";

const SEED = 1;

/** The first round of a soak. */
export const round = (name: MoveName, faults: Round["faults"] = []): Round => ({
  number: 1,
  // As in the schedule, a lost host has more than two seconds of writes.
  move: { name, after: name === "lose-host" ? 3_000 : 100 },
  faults,
});

interface Played {
  readonly record: SoakRecord;
  /** The failed claims with their observed values. */
  readonly failed: readonly string[];
  /** The users' writes after each round. */
  readonly written: readonly number[];
}

interface PlayedOptions {
  readonly defect?: Defect;
  readonly appendFsync?: AppendFsync;
  /** @default the example app */
  readonly app?: LocalImage;
}

/** Plays rounds in the environment dev and checks them. */
export async function played(
  rounds: readonly Round[],
  { defect, appendFsync = "everysec", app }: PlayedOptions = {},
): Promise<Played> {
  const dev = environmentSetup("dev", { environments: example, ...(app && { app }) });
  const setup = withAppendFsync(dev, appendFsync);
  const { signal } = new AbortController();
  const written: number[] = [];
  const record = await soak({
    setup: defect === "no-lock" ? withoutLock(setup) : setup,
    seed: SEED,
    rounds,
    defect,
    signal,
    onRound: ({ signatures }) => written.push(signatures().length) > 0,
  });
  const failed = judge(record, appendFsync)
    .filter(({ held }) => held === false)
    .flatMap(({ claim, seen, details = [] }) => [claim, seen, ...details]);
  return { record, failed, written };
}
