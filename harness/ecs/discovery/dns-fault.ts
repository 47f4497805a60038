import { Packet } from "dns2";
import { RCODE } from "./dns-records.ts";

/** How the resolver fails; see {@link Faults.dns}. */
export const DNS_FAULTS = [
  "down",
  "slow",
  "servfail",
  "nxdomain",
  "wrong",
  "truncated",
  "stale",
] as const;

export type DnsFaultKind = (typeof DNS_FAULTS)[number];

export interface DnsFault {
  readonly kind: DnsFaultKind;
  /** Milliseconds before each answer of a slow resolver. */
  readonly delay: number;
  /** Replies spoiled so far: a wrong resolver is wrong in another way each time. */
  replies: number;
}

/**
 * What a failing resolver sends in place of a reply; undefined for nothing. `nxdomain` and `stale` are
 * failures of what it knows, not of how it answers: those replies are whole.
 */
export function spoil(
  fault: DnsFault,
  transport: "udp" | "tcp",
  reply: Packet,
): Packet | Buffer | undefined {
  switch (fault.kind) {
    case "down":
      return undefined;
    case "servfail":
      return servfail(reply);
    case "truncated":
      // RFC 2181 section 9: the client is to ask again over TCP.
      return transport === "udp" ? truncated(reply) : reply;
    case "wrong":
      return wrong(reply, fault.replies++);
    case "slow":
    case "nxdomain":
    case "stale":
      return reply;
    default:
      return fault.kind satisfies never;
  }
}

function empty(reply: Packet): Packet {
  const bare = new Packet();
  bare.header = new Packet.Header(reply.header);
  bare.questions = [...reply.questions];
  return bare;
}

function servfail(reply: Packet): Packet {
  const failed = empty(reply);
  failed.header.rcode = RCODE.SERVFAIL;
  return failed;
}

function truncated(reply: Packet): Packet {
  const cut = empty(reply);
  cut.header.tc = 1;
  return cut;
}

/** Replies that a careful client drops: RFC 5452 section 9 wants id and question to match. */
function wrong(reply: Packet, turn: number): Buffer {
  const bytes = reply.toBuffer();
  switch (turn % 4) {
    case 0: {
      bytes.writeUInt16BE(bytes.readUInt16BE(0) ^ 0xff_ff, 0);
      return bytes;
    }
    case 1: {
      // The first letter of the name that was asked for becomes another.
      const first = 13;
      bytes.writeUInt8(bytes.readUInt8(first) ^ 0x01, first);
      return bytes;
    }
    case 2:
      return bytes.subarray(0, Math.max(12, Math.floor(bytes.length / 2)));
    default:
      return Buffer.from("SSH-2.0-OpenSSH_9.2\r\n");
  }
}
