import { type Answer, type OptAnswer, type Packet, encode } from "dns-packet";
import { type AskedType, ID, NAME, TYPES } from "./question.ts";

/**
 * What unbound 1.17.1 answered to queries with EDNS: two SRV records, A, AAAA, an alias alone, an
 * empty answer, NXDOMAIN, the target `.`, an answer that was cut off.
 */
const RECORDED = [
  "2a2a85800001000200000001096465762d7265646973076465762d6563730000210001c00c002100010000000a00170001000180000772656469732d31076465762d65637300c00c002100010000000a00170001000180010772656469732d32076465762d6563730000002904d0000000000000",
  "2a2a85800001000100000001096465762d7265646973076465762d6563730000010001c00c000100010000000a00040a00000100002904d0000000000000",
  "2a2a85800001000100000001096465762d7265646973076465762d65637300001c0001c00c001c00010000000a0010fd00000000000000000000000000000100002904d0000000000000",
  "2a2a85800001000100000001096465762d7265646973076465762d6563730000210001c00c000500010000000a000c096465762d616c696173c01600002904d0000000000000",
  "2a2a85800001000000010001096465762d7265646973076465762d6563730000210001c01600060001000000050020026e73c01604686f7374c0160000000100001c2000000384001275000000000500002904d0000000000000",
  "2a2a85830001000000010001096465762d7265646973076465762d6563730000210001c01600060001000000050020026e73c01604686f7374c0160000000100001c2000000384001275000000000500002904d0000000000000",
  "2a2a85800001000100000001096465762d7265646973076465762d6563730000210001c00c002100010000000a00070000000000000000002904d0000000000000",
  "2a2a87800001000000000001096465762d7265646973076465762d656373000021000100002904d0000000000000",
].map((hex) => Buffer.from(hex, "hex"));

const Flag = { AUTHORITATIVE: 0x0400, TRUNCATED: 0x0200, RECURSION: 0x0180 };
const OPT: OptAnswer = {
  type: "OPT",
  name: ".",
  udpPayloadSize: 1232,
  extendedRcode: 0,
  ednsVersion: 0,
  flags: 0,
  flag_do: false,
  // Padding (RFC 7830).
  options: [{ code: 12, length: 8 }],
};
const SOA: Answer = {
  type: "SOA",
  name: "dev-ecs",
  ttl: 15,
  data: { mname: "ns.dev-ecs", rname: "host.dev-ecs", serial: 1, minimum: 5 },
};

const srv = (target: string, more: object = {}): Answer => ({
  type: "SRV",
  name: NAME,
  ttl: 10,
  data: { target, port: 32_768, priority: 1, weight: 1, ...more },
});
const alias = (name: string, data: string): Answer => ({ type: "CNAME", name, ttl: 10, data });
const address = (name: string): Answer => ({ type: "A", name, ttl: 10, data: "127.0.0.1" });
const address6 = (name: string, ttl = 10): Answer => ({ type: "AAAA", name, ttl, data: "::1" });

/** Replies that servers send, and some that only a broken or hostile one does. */
const BUILT: readonly Packet[] = [
  { answers: [srv("redis-1.dev-ecs")], additionals: [address("redis-1.dev-ecs"), OPT] },
  { answers: [srv("a.b"), srv("A.B", { priority: 0 })], additionals: [address6("a.b")] },
  { answers: [srv("."), srv("x".repeat(63))] },
  { answers: [alias(NAME, "b.dev-ecs"), { ...srv("redis-1.dev-ecs"), name: "b.dev-ecs" }] },
  { answers: [alias(NAME, "b.dev-ecs"), alias("b.dev-ecs", NAME)] },
  { answers: [alias(NAME, NAME)] },
  { answers: Array.from({ length: 12 }, (_, n) => alias(n === 0 ? NAME : `n${n}`, `n${n + 1}`)) },
  { answers: Array.from({ length: 40 }, (_, n) => srv(`redis-${n}.dev-ecs`, { priority: n % 3 })) },
  { answers: [alias(NAME, "b.dev-ecs")], authorities: [SOA] },
  { authorities: [{ type: "NS", name: "dev-ecs", ttl: 10, data: "ns.dev-ecs" }] },
  { additionals: [{ ...OPT, extendedRcode: 1 }] },
  { answers: [{ type: "TXT", name: NAME, ttl: 10, data: ["some", "text"] }], authorities: [SOA] },
  ...[1, 2, 4, 5, 9].map((rcode) => ({ flags: Flag.RECURSION | rcode })),
  ...[Flag.AUTHORITATIVE, Flag.TRUNCATED].map((flag) => ({ flags: Flag.RECURSION | flag })),
];

/** Where the mutations begin. */
export const SEEDS: readonly Buffer[] = [
  ...RECORDED,
  ...BUILT.map((packet) => reply("SRV", packet)),
  reply("A", { answers: [alias(NAME, "b.dev-ecs"), address("b.dev-ecs")] }),
  reply("A", { answers: [address(NAME), address(NAME)] }),
  reply("AAAA", { answers: [address6(NAME), address6(NAME, 0xffff_ffff)] }),
  reply("AAAA", { authorities: [SOA] }),
  withoutQuestion(),
];

function reply(type: AskedType, packet: Packet): Buffer {
  return encode({
    type: "response",
    id: ID,
    flags: Flag.RECURSION,
    questions: [{ name: NAME, type, class: "IN" }],
    ...packet,
  });
}

/** What a server says that could not even read the query (FORMERR). */
function withoutQuestion(): Buffer {
  return encode({ type: "response", id: ID, flags: Flag.RECURSION | 1 });
}

/** Types that the codec reads in a way of their own, and some that no one has. */
export const RECORD_TYPES: readonly number[] = [
  ...Object.values(TYPES),
  // oxfmt-ignore
  2,
  5,
  6,
  10,
  12,
  13,
  15,
  16,
  17,
  24,
  29,
  35,
  37,
  39,
  41,
  43,
  44,
  46,
  47,
  48,
  50,
  52,
  61,
  64,
  65,
  99,
  250,
  252,
  255,
  257,
  32_769,
  65_280,
  0,
];
