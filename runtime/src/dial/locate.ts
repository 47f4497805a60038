import { type Answer, type Misses, answersOf, noAnswer } from "../answers/answers.ts";
import { mayBeDrawn } from "../answers/present.ts";
import { toError } from "../base/errors.ts";
import type { Lifetime } from "../base/lifetime.ts";
import { everyAddress } from "./addresses.ts";
import type { Connection } from "./attempt.ts";
import { Dial, type DialContext } from "./dial.ts";
import { orderTargets } from "./order.ts";

/** A target with at least one address, in the order to try them. */
export interface Located {
  readonly host: string;
  readonly port: number;
  readonly addresses: readonly string[];
}

export interface Location {
  /** At least one target; all have the same priority and are in RFC 2782 order. */
  readonly targets: readonly Located[];
  /** True if better targets cannot be reached or have no address now, or if others of this priority have none. */
  readonly isTemporary: boolean;
  /** True if there may be more targets, see {@link mayBeDrawn}. */
  readonly isDrawn: boolean;
}

/**
 * Finds a service for a client that connects by itself: the targets of the best priority that have
 * addresses. If there are alternatives, a test connection shows which priority can be reached; it is
 * closed immediately.
 *
 * @param isSuspect the last result did not work: asks DNS again, though not more often than `minRefresh`; with
 *   several resolvers, also uses the next one if the targets of the first cannot be reached
 * @throws {SrvDialError} ERR_SRV_NO_RECORDS, ERR_SRV_UNAVAILABLE, ERR_SRV_RESOLVE
 */
export async function locate(
  context: DialContext,
  lifetime: Lifetime,
  isSuspect: boolean,
): Promise<Location> {
  const { settings, sources } = context;
  const misses: Misses = [];
  const maxAge = isSuspect ? settings.cache.minRefresh : undefined;
  const search = { lifetime, misses, maxAge };
  let best: Location | undefined;
  let reached: Connection | undefined;
  for await (const answer of answersOf(sources, search)) {
    if (answer.origin === "stale") answer.source.servesStale(answer.targets);
    const hasOthers = priorityCount(answer) > 1 || (isSuspect && sources.length > 1);
    if (best === undefined && hasOthers) reached = await reachable(context, lifetime);
    const isDrawn = mayBeDrawn(answer.targets);
    for await (const group of byPriority(answer, settings.random, lifetime, misses)) {
      const { targets } = group;
      const isTemporary = best !== undefined || !group.isWhole;
      const location = { targets, isTemporary, isDrawn };
      best ??= location;
      if (reached === undefined || has(targets, reached)) return location;
    }
  }
  // The answer has changed meanwhile: no resolver names the endpoint that was reached.
  if (best !== undefined) return best;
  throw noAnswer(context.settings.name, misses);
}

function priorityCount({ targets }: Answer): number {
  return new Set(targets.map(({ priority }) => priority)).size;
}

/** The endpoint that can be reached; undefined if there is none. */
async function reachable(
  context: DialContext,
  lifetime: Lifetime,
): Promise<Connection | undefined> {
  const dialed = new Dial(context, undefined, lifetime).run();
  const connection = await dialed.catch(() => undefined);
  connection?.socket.destroy();
  return connection;
}

function has(targets: readonly Located[], { host, port }: Connection): boolean {
  return targets.some((each) => each.host === host && each.port === port);
}

/** Targets of one priority. */
interface Group {
  readonly targets: readonly Located[];
  /** True if all targets of this priority and of better ones have addresses. */
  readonly isWhole: boolean;
}

/** The targets of each priority in turn; skips priorities without any address. */
async function* byPriority(
  { source, targets }: Answer,
  random: () => number,
  lifetime: Lifetime,
  misses: Misses,
): AsyncGenerator<Group, void, undefined> {
  const ordered = orderTargets(targets, random);
  let isWhole = true;
  for (const priority of new Set(ordered.map((target) => target.priority))) {
    const group = ordered.filter((target) => target.priority === priority);
    const found = await everyAddress(group, (target) => source.addressesOf(target, lifetime));
    if (lifetime.reason !== undefined) throw lifetime.reason;
    const usable: Located[] = [];
    for (const { target, addresses, error } of found) {
      const { host, port } = target;
      if (addresses.length > 0) usable.push({ host, port, addresses });
      else misses.push(toError(error ?? new Error(`${host} has no address`)));
    }
    isWhole &&= usable.length === group.length;
    if (usable.length > 0) yield { targets: usable, isWhole };
  }
}
