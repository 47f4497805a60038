import { isIP } from "node:net";
import { type Answer, encode } from "dns-packet";
import * as fc from "fast-check";
import { expect } from "vitest";
import type { SrvAnswer } from "../../../runtime/src/base/types.ts";
import type { DnsResolver } from "../../../runtime/src/dns/resolver.ts";
import {
  buildQuery,
  findRecords,
  negativeTtl,
  parseReply,
  toTargets,
} from "../../../runtime/src/dns/message.ts";
import { ID, NAME, QUESTION_AT, RECORDS_AT, TRUE_PORT, TYPES } from "../support/hostile-server.ts";

type Asked = keyof typeof TYPES;

const LARGEST_TTL = 0x7fff_ffff;
const asked = fc.constantFrom<Asked>("SRV", "SRV", "A", "AAAA");
const uint16 = fc.oneof(fc.nat(3), fc.nat(0xffff));
const names = fc.oneof(
  fc.constantFrom(NAME, "b.dev-ecs", "redis-1.dev-ecs", "DEV-REDIS.dev-ecs", "."),
  fc.stringMatching(/^[a-z]{1,63}$/),
);
const data: { [type: string]: fc.Arbitrary<unknown> } = {
  SRV: fc.record({ target: names, port: uint16, priority: uint16, weight: uint16 }),
  A: fc.ipV4(),
  AAAA: fc.constantFrom("::1", "fe80::1"),
  CNAME: names,
  NS: names,
  TXT: fc.array(fc.string({ maxLength: 9 }), { minLength: 1, maxLength: 3 }),
  SOA: fc.record({ mname: names, rname: names, serial: uint16, minimum: uint16 }),
};
const owner = fc.oneof({ weight: 4, arbitrary: fc.constant(NAME) }, names);
const ttl = fc.oneof(fc.nat(60), fc.constantFrom(LARGEST_TTL, 0x8000_0000, 0xffff_ffff));
const record = fc
  .constantFrom("SRV", "SRV", ...Object.keys(data))
  .chain((type) =>
    fc.record({ type: fc.constant(type), name: owner, ttl, data: data[type] ?? fc.constant("") }),
  )
  .map((each) => each as Answer);
const records = fc.oneof(fc.array(record, { maxLength: 3 }), fc.array(record, { maxLength: 30 }));
const flags = fc.oneof(
  { weight: 20, arbitrary: fc.constant(0x8180) },
  fc.constantFrom(0x8380, 0x8183, 0x8182, 0x0180, 0x9180),
);

/** Bytes that replace a similar number of others: counts, lengths, pointers, unknown types. */
const change = fc.record({
  at: fc.oneof(fc.nat(RECORDS_AT), {
    weight: 5,
    arbitrary: fc.integer({ min: RECORDS_AT, max: 300 }),
  }),
  longer: fc.oneof({ weight: 8, arbitrary: fc.constant(0) }, fc.integer({ min: -4, max: 4 })),
  bytes: fc.oneof(
    fc.constantFrom([0xc0, QUESTION_AT], [0xff, 0xff], [0, 0], [0x80, 0], [0xc0, RECORDS_AT]),
    fc.array(fc.nat(255), { maxLength: 8 }),
  ),
});

/** A valid reply with changes in some places. */
export const replies: fc.Arbitrary<{ asked: Asked; message: Buffer }> = fc
  .record({
    asked,
    flags,
    answers: records,
    authorities: records,
    additionals: records,
    changes: fc.array(change, { maxLength: 3 }),
  })
  .map(({ asked: type, changes, ...packet }) => {
    const questions = [{ name: NAME, type, class: "IN" as const }];
    const whole: Buffer = encode({ type: "response", id: ID, questions, ...packet });
    const message = changes.reduce((bytes, { at, longer, bytes: added }) => {
      const start = at % (bytes.length + 1);
      return Buffer.concat([
        bytes.subarray(0, start),
        Buffer.from(added),
        bytes.subarray(start + Math.max(0, added.length - longer)),
      ]);
    }, whole);
    return { asked: type, message };
  });

/** Reads a reply as the resolver does. @throws if the result is neither a valid answer nor a documented error */
export function expectRead(type: Asked, message: Buffer): void {
  const query = buildQuery({ name: NAME, type }, { edns: true });
  query.bytes.writeUInt16BE(ID, 0);
  const reply = parseReply(message, { ...query, id: ID });
  if (reply === undefined) return;
  expect(message.readUInt16BE(0)).toBe(ID);
  if (reply === "malformed") return;
  if (reply === "truncated") {
    expect(message.readUInt16BE(2) & 0x0200).not.toBe(0);
    return;
  }
  expectTtl(negativeTtl(reply, 0));
  try {
    if (type === "SRV") {
      const found = findRecords(reply, NAME, type);
      if (found.records.length > 0) expectAnswer(toTargets(reply, found.records));
    } else {
      expectAddresses(findRecords(reply, NAME, type).records.map((each) => each.data));
    }
  } catch (error) {
    if (!String(error).endsWith(" leads through more than 8 aliases")) throw error;
  }
}

/** Checks that targets are printable and can be dialed, and that TTLs fit into 31 bits. */
function expectAnswer({ targets, ttl: shortest }: SrvAnswer): void {
  expect(targets.length).toBeLessThanOrEqual(1_000);
  if (targets.length > 0) expectTtl(shortest);
  for (const { host, port, priority, weight, ttl: own, addresses = [] } of targets) {
    expect(host).toMatch(/^[!-~]+$/);
    for (const value of [port, priority, weight]) expect(value).toBe(value & 0xffff);
    expectTtl(own);
    expectAddresses(addresses);
  }
}

function expectAddresses(addresses: readonly string[]): void {
  expect(addresses.filter((address) => isIP(address) === 0)).toEqual([]);
}

function expectTtl(value: number): void {
  expect(value).toBe(value & LARGEST_TTL);
}

/**
 * Resolves the name. @throws if the result is neither a valid answer nor a printable error
 *
 * @param isForged whether only the answer after the replies is allowed
 */
export async function expectResolved(resolver: DnsResolver, isForged: boolean): Promise<void> {
  try {
    const answer = await resolver.resolve(NAME);
    expectAnswer(answer);
    const [target] = answer.targets;
    if (isForged) expect(target?.port).toBe(TRUE_PORT);
    if (target === undefined) return;
    for (const family of [6, 4] as const) {
      const { addresses } = await resolver.lookup(target.host, { family });
      expectAddresses(addresses);
    }
  } catch (error) {
    expect(error).toBeInstanceOf(Error);
    const { name, message } = error as Error;
    // Not a bug such as a TypeError.
    expect(name).toMatch(/^(Error|AggregateError|SrvDialError)$/);
    expect(message).toMatch(/^[ -~]{1,3000}$/);
    expect(isForged).toBe(false);
  }
}
