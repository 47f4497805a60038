import { startNetwork } from "../network.ts";
import { type Scale, compared, entrant, playRounds } from "../rounds.ts";
import type { Row, Run } from "../rows.ts";

/** Many generations, because two processes of the same code differ more than two rounds of one process. */
const WARM: Scale = { generations: 12, warmUp: 1_500, rounds: 10, connects: 60 };
/** Each connect takes long, mostly for DNS. The warm-up is without the delay. */
const COLD: Scale = { generations: 3, warmUp: 2_000, rounds: 6, connects: 100 };
/** Delay of a resolver on another machine of the network, in ms. */
const NETWORK_DELAY = 1;

export async function warmConnect(run: Run): Promise<Row[]> {
  await using network = await startNetwork(run.signal);
  const ours = entrant("srv-dialer, warm", network.destination);
  const plain = entrant("net.connect", network.destination);
  // Shows how much two processes of the same code differ.
  const again = entrant("net.connect", network.destination);
  await playRounds([ours, plain, again], WARM, run);
  const same = { around: 1, within: 0.02 };
  return [
    compared("warm connect / net.connect", ours, plain, { most: 1.1 }),
    compared("net.connect / itself, in two processes", again, plain, same),
  ];
}

/** @param additional whether DNS sends addresses with the answer */
export async function coldConnect(run: Run, additional: boolean): Promise<Row[]> {
  await using network = await startNetwork(run.signal);
  const { destination, dns } = network;
  const ours = entrant("srv-dialer, cold", destination);
  const original = entrant("resolveSrv + net.connect", destination);
  await playRounds([ours, original], COLD, run, {
    onPrepared: () => dns.call("change", { additional, delay: 0 }),
    onWarm: () => dns.call("change", { delay: NETWORK_DELAY }),
  });
  const where = `DNS ${NETWORK_DELAY} ms away${additional ? ", addresses with the answer" : ""}`;
  const goal = { most: additional ? 0.65 : 1.05 };
  return [compared(`cold connect / the original, ${where}`, ours, original, goal)];
}
