// DNS servers without sockets. The test decides their replies and the times of these.
import { vi } from "vitest";

import type { ExchangeOptions } from "../../../runtime/src/dns/exchange.ts";
import type { Question, Reply } from "../../../runtime/src/dns/message.ts";
import type { Ask } from "../../../runtime/src/dns/exchange.ts";
import { type DnsServer, fixedServers } from "../../../runtime/src/dns/servers.ts";
import { VirtualClock } from "../../../studies/simulate/virtual-clock.ts";

/** A query to a server. */
export interface Asked {
  readonly question: Question;
  readonly server: DnsServer;
  readonly unref: boolean;
  readonly channels: ExchangeOptions["channels"];
  readonly settle: (outcome: Reply | Error) => void;
  /** Times of sending, in ms. */
  readonly sentAt: number[];
  isClosed: boolean;
  /** Whether its answer over UDP was truncated. */
  isOverTcp: boolean;
}

/** Servers at 10.0.0.1, 10.0.0.2 and so on, and the queries that they receive. */
export function serversOf(count: number, answer: (asked: Asked) => void = () => {}) {
  const clock = new VirtualClock();
  const addresses = Array.from({ length: count }, (_, index) => `10.0.0.${index + 1}`);
  const servers = fixedServers(addresses, clock);
  const asked: Asked[] = [];
  const ask = vi.fn<Ask>((question, server, { unref, channels, settle }) => {
    const common = { question, server, unref, channels, settle };
    const one: Asked = { ...common, sentAt: [], isClosed: false, isOverTcp: false };
    asked.push(one);
    return {
      send: () => {
        one.sentAt.push(clock.now());
        answer(one);
      },
      close: () => {
        one.isClosed = true;
      },
      get isOverTcp() {
        return one.isOverTcp;
      },
    };
  });
  /** The last number of each server's address, in order of the queries. */
  const order = (): number[] => asked.map(({ server }) => Number(server.address.split(".").at(-1)));
  const options = { servers, timeout: 1_000, tries: 3, clock, ask };
  return { clock, servers, asked, order, options };
}

export function replyOf(more: Partial<Reply> = {}): Reply {
  const empty = { answers: [], authorities: [], additionals: [] };
  const flags = { isAuthoritative: true };
  return { rcode: 0, ...flags, ...empty, ...more };
}
