import { Packet } from "dns2";
import type { DnsFaultKind } from "../base/fault-primitives.ts";
import { RCODE } from "./dns-records.ts";

export interface DnsFault {
  readonly kind: DnsFaultKind;
  /** Delay of each answer in milliseconds, for `slow`. */
  readonly delay: number;
  /** Number of changed replies: `wrong` uses another change for each reply. */
  replies: number;
}

/**
 * The reply that a resolver with a fault sends in place of `reply`; undefined for no reply. For `nxdomain` and
 * `stale` the records are wrong, so their replies are not changed.
 */
export function applyDnsFault(
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
      // RFC 2181 section 9: the client must query again over TCP.
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

/** Replies that a client must ignore: RFC 5452 section 9 requires the same id and question. */
function wrong(reply: Packet, turn: number): Buffer {
  const bytes = reply.toBuffer();
  switch (turn % 4) {
    case 0: {
      bytes.writeUInt16BE(bytes.readUInt16BE(0) ^ 0xff_ff, 0);
      return bytes;
    }
    case 1: {
      // Offset of the first letter of the name in the question.
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
