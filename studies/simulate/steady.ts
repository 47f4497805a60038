import { Fleet, type FleetOptions } from "./fleet.ts";

/** Between two dials of a program that keeps no connections, in ms. */
const INTERVAL = 1_000;
const DURATION = 120_000;

/** The effect of refresh-ahead on programs that dial often, such as HTTP clients. */
export interface Steady {
  /** Share of the dials that waited for DNS. */
  readonly waited: number;
  /** DNS packets per second and client. */
  readonly queries: number;
}

/** Each client dials once per second, and Redis does not move. */
export async function simulateSteady(options: FleetOptions): Promise<Steady> {
  const fleet = new Fleet(options);
  const { clock, clients, dns } = fleet;
  const { propagation, roundTrip } = options.assumptions;
  fleet.startRedis({ id: "one", address: "10.0.1.1", port: 40_000 }).listen();
  await clock.advance(Math.max(propagation.dns, propagation.api));
  let [dials, waited] = [0, 0];
  const dial = async (index: number): Promise<void> => {
    const started = clock.now();
    clock.setTimeout(() => void dial(index), INTERVAL);
    await clients[index]?.dial();
    dials++;
    // Without DNS, a dial takes two round trips of TCP and the work of Redis, which is less than half a round trip of DNS.
    if (clock.now() - started > roundTrip.tcp * 2 + roundTrip.dns / 2) waited++;
  };
  const asked = dns.packets.total;
  for (const index of clients.keys()) {
    clock.after(fleet.random() * INTERVAL, () => void dial(index));
  }
  await clock.advance(DURATION);
  const perSecond = (dns.packets.total - asked) / (DURATION / 1_000);
  return {
    waited: Number((waited / dials).toFixed(4)),
    queries: Number((perSecond / clients.length).toFixed(3)),
  };
}
