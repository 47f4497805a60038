import { startNetwork } from "../network.ts";
import type { Row, Run } from "../rows.ts";
import { slopeOf } from "../statistics.ts";
import { startWorker } from "../worker.ts";

const REFUSED = "refused.bench.test";

/** Memory and handles that remain after many connects. */
export async function memory({ quick, signal }: Run): Promise<Row[]> {
  const connects = quick ? 5_000 : 100_000;
  await using network = await startNetwork(signal);
  // Nothing listens on port 1, a privileged port of an obsolete protocol (RFC 1078).
  const record = { target: "target.bench.test", port: 1, ttl: 60 };
  await network.dns.call("change", { srv: { [REFUSED]: record } });
  const [growths, handles]: [Row[], Row[]] = [[], []];
  for (const oneSignal of [false, true]) {
    await using worker = startWorker("contestant.ts", signal);
    const destination = { ...network.destination, oneSignal };
    const { bytes, opened } = await worker.call("retain", destination, REFUSED, connects);
    const value = (slopeOf(bytes) * (bytes.length - 1)) / connects;
    const after = `after ${connects} connects${oneSignal ? ", one signal for all" : ""}`;
    const title = `memory retained per connect, ${after}`;
    // Up to 10 bytes count as no growth: less than an object, and than the noise of a sample.
    growths.push({ title, value, unit: "B", goal: { most: 10 } });
    const left = `handles left open ${after}`;
    handles.push({ title: left, value: opened, unit: "", goal: { most: 0 } });
  }
  return [...growths, ...handles];
}
