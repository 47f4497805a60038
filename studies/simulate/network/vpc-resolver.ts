import type { DnsRecord } from "../../../runtime/src/dns/codec.ts";
import type { Ask } from "../../../runtime/src/dns/exchange.ts";
import { type Question, Rcode, type Reply } from "../../../runtime/src/dns/message.ts";
import type { VirtualClock } from "../virtual-clock.ts";
import type { Assumptions } from "../assumptions.ts";
import { Rate } from "../rate.ts";
import type { Registry } from "./registry.ts";

const SECOND = 1_000;

interface Cached {
  readonly reply: Reply;
  readonly storedAt: number;
  /** Seconds */
  readonly ttl: number;
}

/** The resolver of a VPC: a cache for the namespace's zone. */
export class VpcResolver {
  /** Packets of all hosts, including dropped ones. */
  readonly packets = new Rate();
  /** Queries by type. */
  readonly asked = { SRV: 0, A: 0, AAAA: 0, TXT: 0, SOA: 0 };
  dropped = 0;
  /** Packets of one network interface in its busiest second. */
  peakOfInterface = 0;
  readonly #clock: VirtualClock;
  readonly #assumptions: Assumptions;
  readonly #registry: Registry;
  readonly #name: string;
  readonly #cache = new Map<string, Cached>();

  constructor(clock: VirtualClock, assumptions: Assumptions, registry: Registry, name: string) {
    this.#clock = clock;
    this.#assumptions = assumptions;
    this.#registry = registry;
    this.#name = name;
  }

  /** Caches the current records with this age, in ms. */
  prime(age: number): void {
    this.#cache.clear();
    const instance = this.#registry.inDns;
    if (instance === undefined) return;
    this.#respond({ name: this.#name, type: "SRV" });
    this.#respond({ name: `${instance.id}.${this.#name}`, type: "A" });
    for (const [key, cached] of this.#cache) {
      this.#cache.set(key, { ...cached, storedAt: cached.storedAt - age });
    }
  }

  /** Sends queries of the programs of one host, through one network interface. */
  throughInterface(): Ask {
    let second = 0;
    let sent = 0;
    return (question, _server, { settle }) => {
      let isClosed = false;
      const send = (): void => {
        const now = this.#clock.now();
        this.packets.add(now);
        this.asked[question.type]++;
        if (now >= second + SECOND) [second, sent] = [Math.floor(now / SECOND) * SECOND, 0];
        sent++;
        this.peakOfInterface = Math.max(this.peakOfInterface, sent);
        if (sent > this.#assumptions.packets) return void this.dropped++;
        const reply = this.#respond(question);
        this.#clock.after(this.#assumptions.roundTrip.dns, () => {
          if (isClosed) return;
          isClosed = true;
          settle(reply);
        });
      };
      const close = (): void => void (isClosed = true);
      return { send, close, isOverTcp: false };
    };
  }

  #respond({ name, type }: Question): Reply {
    const key = `${name} ${type}`;
    const now = this.#clock.now();
    const known = this.#cache.get(key);
    const age = known === undefined ? 0 : (now - known.storedAt) / SECOND;
    if (known !== undefined && age < known.ttl) return aged(known.reply, age);
    const reply = this.#authority(name, type);
    const isNegative = reply.answers.length === 0;
    const ttl = isNegative ? this.#assumptions.soaTtl : this.#assumptions.recordTtl;
    this.#cache.set(key, { reply, storedAt: now, ttl });
    return reply;
  }

  #authority(name: string, type: Question["type"]): Reply {
    const { recordTtl: ttl } = this.#assumptions;
    const instance = this.#registry.inDns;
    if (instance === undefined) return this.#negative(Rcode.NXDOMAIN);
    const host = `${instance.id}.${this.#name}`;
    if (name === this.#name && type === "SRV") {
      const data = { target: host, port: instance.port, priority: 1, weight: 1 };
      return positive({ type, name, ttl, data });
    }
    if (name === host && type === "A") return positive({ type, name, ttl, data: instance.address });
    const isKnown = name === this.#name || name === host;
    return this.#negative(isKnown ? Rcode.NOERROR : Rcode.NXDOMAIN);
  }

  #negative(rcode: number): Reply {
    const { soaTtl } = this.#assumptions;

    const soa: DnsRecord = {
      type: "SOA",
      name: this.#name,
      ttl: soaTtl,
      data: { minimum: soaTtl },
    };
    return { ...REPLY, rcode, authorities: [soa] };
  }
}

const REPLY: Reply = {
  rcode: Rcode.NOERROR,
  isAuthoritative: false,
  answers: [],
  authorities: [],
  additionals: [],
};

function positive(answer: DnsRecord): Reply {
  return { ...REPLY, answers: [answer] };
}

/** A reply with reduced TTLs, which are 0 in the last second, as with Route 53. */
function aged(reply: Reply, age: number): Reply {
  const older = (record: DnsRecord): DnsRecord => ({
    ...record,
    ttl: Math.max(0, Math.floor(record.ttl - age)),
  });
  return {
    ...reply,
    answers: reply.answers.map(older),
    authorities: reply.authorities.map(older),
  };
}
