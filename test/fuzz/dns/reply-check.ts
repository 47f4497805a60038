import { isIP } from "node:net";
import type { SrvAnswer } from "../../../runtime/src/base/types.ts";
import { type Reply, parseReply } from "../../../runtime/src/dns/message.ts";
import {
  findRecords,
  isReferral,
  negativeTtl,
  toTargets,
} from "../../../runtime/src/dns/records.ts";
import { expectThat } from "../engine/finding.ts";
import { QUESTION_AT, ID, NAME, QUERIES, askedBy } from "./question.ts";

/** More targets of one answer than this are not kept. */
const MOST_TARGETS = 1_000;
const LARGEST_TTL = 0x7fff_ffff;
/** The one error that the records of a reply may give. */
const ENDLESS = `${NAME} leads through more than 8 aliases`;

/** What became of an input. */
export type Outcome = "ignored" | "truncated" | "read" | "endless aliases";

/**
 * Reads an input as the resolver does.
 *
 * @throws {Finding} when what comes of it is neither an answer of the right shape nor a documented error
 */
export function checkReply(input: Buffer): Outcome {
  const asked = askedBy(input);
  const reply = parseReply(input, QUERIES[asked]);
  if (reply === undefined) return "ignored";
  checkHeader(input);
  if (reply === "truncated") {
    expectThat((input.readUInt16BE(2) & 0x0200) !== 0, "truncated, and TC is not set");
    return "truncated";
  }
  checkCommon(reply);
  try {
    if (asked === "SRV") checkTargets(reply);
    else checkAddressRecords(reply, asked);
    return "read";
  } catch (error) {
    if (error instanceof Error && error.message === ENDLESS) return "endless aliases";
    throw error;
  }
}

/** What may be read at all: a response to a standard query, with our id and one question or none. */
function checkHeader(input: Buffer): void {
  expectThat(input.length >= QUESTION_AT, "shorter than a header");
  expectThat(input.readUInt16BE(0) === ID, "another id");
  expectThat((input.readUInt16BE(2) & 0xf800) === 0x8000, "no response, or another opcode");
  expectThat(input.readUInt16BE(4) <= 1, "several questions");
}

function checkCommon(reply: Reply): void {
  expectThat(Number.isInteger(reply.rcode) && reply.rcode >= 0 && reply.rcode <= 4095, "rcode");
  expectThat(typeof isReferral(reply) === "boolean", "isReferral");
  expectThat(isTtl(negativeTtl(reply, 0)), `negative TTL ${negativeTtl(reply, 0)}`);
}

function checkTargets(reply: Reply): void {
  const { records } = findRecords(reply, NAME, "SRV");
  if (records.length > 0) checkAnswer(toTargets(reply, records));
}

/** @throws {Finding} naming the field that is wrong */
export function checkAnswer({ targets, ttl }: SrvAnswer): void {
  expectThat(targets.length <= MOST_TARGETS, `${targets.length} targets`);
  expectThat(targets.length === 0 || isTtl(ttl), `TTL ${ttl}`);
  for (const target of targets) {
    expectThat(/^[!-~]+$/.test(target.host), `host ${JSON.stringify(target.host)}`);
    for (const field of ["port", "priority", "weight"] as const) {
      const value = target[field];
      expectThat(Number.isInteger(value) && value >= 0 && value <= 0xffff, `${field} ${value}`);
    }
    expectThat(isTtl(target.ttl) && ttl <= target.ttl, `TTL ${target.ttl} of a target`);
    checkAddresses(target.addresses ?? []);
  }
}

function checkAddressRecords(reply: Reply, type: "A" | "AAAA"): void {
  const { records, ttl } = findRecords(reply, NAME, type);
  checkAddresses(
    records.map(({ data }) => data),
    type === "A" ? 4 : 6,
  );
  expectThat(records.length === 0 || isTtl(ttl), `TTL ${ttl}`);
}

/** @param family either, unless it is given */
export function checkAddresses(addresses: readonly string[], family?: 4 | 6): void {
  for (const address of addresses) {
    const found = isIP(address);
    expectThat(found !== 0 && found === (family ?? found), `address ${JSON.stringify(address)}`);
  }
}

function isTtl(ttl: number): boolean {
  return Number.isInteger(ttl) && ttl >= 0 && ttl <= LARGEST_TTL;
}
