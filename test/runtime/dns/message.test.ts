import { type Answer, type Packet, decode, encode } from "dns-packet";
import { beforeEach, describe, expect, it } from "vitest";

import { buildQuery, parseReply, rcodeName } from "../../../runtime/src/dns/message.ts";
import { pointerChain } from "../support/pointers.ts";
import type { Query, Question, Reply } from "../../../runtime/src/dns/message.ts";

const QUESTION: Question = { name: "dev-redis.dev-ecs", type: "SRV" };
let ours: Query;
beforeEach(() => {
  ours = buildQuery(QUESTION, { edns: true });
});
const HEADER_BYTES = 12;
/** Highest offset of a pointer (RFC 1035, section 4.1.4). */
const REACH = 0x3fff;

const ANSWERS: Answer[] = [
  {
    type: "SRV",
    name: "dev-redis.dev-ecs",
    ttl: 10,
    data: { target: "redis-1.dev-ecs", port: 32_768, priority: 1, weight: 1 },
  },
  { type: "CNAME", name: "a.dev-ecs", ttl: 10, data: "b.dev-ecs" },
];
const SOA: Answer = {
  type: "SOA",
  name: "dev-ecs",
  ttl: 15,
  data: { mname: "ns.dev-ecs", rname: "host.dev-ecs", serial: 1, minimum: 5 },
};
const ADDRESS: Answer = { type: "A", name: "redis-1.dev-ecs", ttl: 10, data: "10.0.0.1" };

/** A reply to the query as bytes, with these changes. */
function replyBytes(changes: Packet = {}, query: Query = ours): Buffer {
  return encode({
    type: "response",
    id: query.id,
    flags: 0x0180,
    questions: [{ ...query.question, class: "IN" }],
    answers: ANSWERS,
    authorities: [SOA],
    additionals: [ADDRESS],
    ...changes,
  });
}

const asked = (...questions: NonNullable<Packet["questions"]>) => replyBytes({ questions });

/** The same bytes with other flags. */
function withFlags(flags: number, bytes = replyBytes()): Buffer {
  const changed = Buffer.from(bytes);
  changed.writeUInt16BE(flags, 2);
  return changed;
}

function parse(bytes: Buffer): Reply {
  const reply = parseReply(bytes, ours);
  if (typeof reply !== "object") throw new Error(`was ${reply}`);
  return reply;
}

/** A record of a private type (RFC 6895, section 3.1) whose owner is a pointer. */
function privateRecord(owner: number, data: Buffer): Buffer {
  const header = Buffer.alloc(12);
  header.writeUInt16BE(0xc000 | owner, 0);
  header.writeUInt16BE(65_280, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(data.length, 10);
  return Buffer.concat([header, data]);
}

describe("rcodeName", () => {
  it("has names for known codes, and numbers for the others", () => {
    const names = "NOERROR SERVFAIL NXDOMAIN REFUSED BADVERS rcode_9".split(" ");
    expect([0, 2, 3, 5, 16, 9].map(rcodeName)).toEqual(names.map((name) => name.replace("_", " ")));
  });
});

describe("buildQuery", () => {
  it("asks one question with recursion desired", () => {
    const { id, bytes } = buildQuery(QUESTION, { edns: false });
    expect(decode(bytes)).toMatchObject({
      id,
      type: "query",
      opcode: "QUERY",
      flag_rd: true,
      questions: [{ name: QUESTION.name, type: "SRV", class: "IN" }],
      additionals: [],
    });
  });

  it("offers EDNS with a buffer of 1232 bytes if requested", () => {
    const { bytes } = buildQuery(QUESTION, { edns: true });
    expect(decode(bytes).additionals).toMatchObject([{ type: "OPT", udpPayloadSize: 1232 }]);
  });

  it("uses a random id", () => {
    const ids = Array.from({ length: 100 }, () => buildQuery(QUESTION, { edns: false }).id);
    expect(new Set(ids).size).toBeGreaterThan(90);
    expect(ids.every((id) => id >= 0 && id <= 0xffff)).toBe(true);
  });

  it("shows no control characters of a name that it refuses", () => {
    const name = `a\n\x1b[31m..${"b".repeat(3)}`;
    expect(() => buildQuery({ name, type: "A" }, { edns: false })).toThrow(
      '"a\\010\\027[31m..bbb" is not a DNS name',
    );
  });
});

describe("parseReply", () => {
  it("gives code and records of a reply", () => {
    const { rcode, answers, authorities, additionals } = parse(replyBytes());
    expect(rcode).toBe(0);
    expect(answers).toMatchObject(ANSWERS);
    expect(authorities).toMatchObject([{ type: "SOA", data: { minimum: 5 } }]);
    expect(additionals).toMatchObject([ADDRESS]);
  });

  it("ignores the case of the question in the reply", () => {
    expect(parse(asked({ ...QUESTION, name: "DEV-Redis.dev-ECS" })).rcode).toBe(0);
  });

  it.each([
    ["another id", () => replyBytes({ id: ours.id ^ 1 })],
    ["a query", () => withFlags(0x0100)],
    ["another operation", () => withFlags(0x8180 | (5 << 11))],
    ["a question about another name", () => asked({ ...QUESTION, name: "x.y" })],
    ["a question about another type", () => asked({ ...QUESTION, type: "A" })],
    ["a question of another class", () => asked({ ...QUESTION, class: "CH" })],
    ["two questions", () => asked(QUESTION, QUESTION)],
    ["no question and no error", () => asked()],
    ["nothing", () => Buffer.alloc(0)],
    ["half a header", () => replyBytes().subarray(0, 11)],
    ["no more than a header", () => replyBytes().subarray(0, 12)],
  ])("ignores a reply with %s", (_, build) => {
    expect(parseReply(build(), ours)).toBeUndefined();
  });

  it("accepts an error without the question, but not NXDOMAIN", () => {
    const bare = replyBytes({ questions: [], answers: [], authorities: [], additionals: [] });
    expect(parse(withFlags(0x8181, bare)).rcode).toBe(1);
    expect(parseReply(withFlags(0x8183, bare), ours)).toBeUndefined();
  });

  it("treats the class of multicast DNS as another class", () => {
    const bytes = replyBytes({ answers: [], authorities: [] });
    // The class of the only record precedes its TTL, its length and its four bytes.
    bytes.writeUInt16BE(0x8001, bytes.length - 12);
    expect(parse(bytes).additionals).toEqual([]);
  });

  it("says whether the server is authoritative", () => {
    expect(parse(replyBytes()).isAuthoritative).toBe(false);
    expect(parse(withFlags(0x8580)).isAuthoritative).toBe(true);
  });

  it("adds the EDNS bits of the code", () => {
    const flags = { ednsVersion: 0, flags: 0, flag_do: false, options: [] };
    const opt = {
      type: "OPT",
      name: ".",
      udpPayloadSize: 1232,
      extendedRcode: 1,
      ...flags,
    } as const;
    expect(parse(replyBytes({ additionals: [ADDRESS, opt] })).rcode).toBe(16);
  });

  it("recognizes a truncated reply even if it is cut off in the middle of a record", () => {
    expect(parseReply(withFlags(0x8380), ours)).toBe("truncated");
    expect(parseReply(withFlags(0x8380).subarray(0, 60), ours)).toBe("truncated");
  });

  it("ignores TC in a reply to another query", () => {
    const other = asked({ ...QUESTION, name: "x.y" });
    expect(parseReply(withFlags(0x8380, other), ours)).toBeUndefined();
  });

  it("reads its records regardless of the data in records of other types", () => {
    // An SSHFP record with an unknown hash, after which the codec reads at a wrong offset.
    const odd = Buffer.from("00002c0001ffffffff00020103", "hex");
    const bytes = replyBytes({ authorities: [], additionals: [] });
    bytes.writeUInt16BE(1, 8);
    expect(parse(Buffer.concat([bytes, odd])).answers).toMatchObject(ANSWERS);
  });

  it("says that a reply to its query is malformed", () => {
    expect(parseReply(replyBytes().subarray(0, 60), ours)).toBe("malformed");
    const bytes = replyBytes({ answers: [], authorities: [] });
    // The length of the address precedes its four bytes.
    bytes.writeUInt16BE(3, bytes.length - 6);
    expect(parseReply(bytes, ours)).toBe("malformed");
  });
});

describe("a reply of 64 KB full of pointers to pointers", () => {
  it("is refused, and takes no time", () => {
    const query = buildQuery(QUESTION, { edns: false });
    const head = Buffer.from(query.bytes);
    head.writeUInt16BE(0x8180, 2);
    const start = head.length + HEADER_BYTES;
    const count = Math.floor((REACH - start) / 2);
    const records = [privateRecord(HEADER_BYTES, pointerChain(count, start, HEADER_BYTES))];
    for (let length = start + count * 2; length + 12 <= 0xffff; length += 12) {
      records.push(privateRecord(start + (count - 1) * 2, Buffer.alloc(0)));
    }
    head.writeUInt16BE(records.length, 6);
    const reply = Buffer.concat([head, ...records]);

    // Following all of them takes hundreds of milliseconds each time.
    const began = process.cpuUsage();
    for (let times = 0; times < 20; times++) expect(parseReply(reply, query)).toBe("malformed");
    const { user, system } = process.cpuUsage(began);
    expect((user + system) / 1_000).toBeLessThan(1_000);
  });
});
