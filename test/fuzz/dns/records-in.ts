import { QUESTION_AT } from "./question.ts";

/** Where the parts of a record are in a message. */
export interface RecordPlace {
  /** The owner's name. */
  readonly start: number;
  /** Type, class, TTL and length of the data follow each other from here. */
  readonly type: number;
  readonly data: number;
  readonly end: number;
}

/** Bytes of type, class, TTL and length. */
const FIXED_BYTES = 10;

/** The records that can be told apart in a message, however broken it is behind them. */
export function recordsIn(message: Buffer): RecordPlace[] {
  const places: RecordPlace[] = [];
  if (message.length < QUESTION_AT) return places;
  let at = QUESTION_AT;
  const questions = Math.min(message.readUInt16BE(4), 4);
  for (let index = 0; index < questions; index++) at = afterName(message, at) + 4;
  while (at < message.length) {
    const type = afterName(message, at);
    const data = type + FIXED_BYTES;
    if (data > message.length) break;
    const end = data + message.readUInt16BE(data - 2);
    if (end > message.length) break;
    places.push({ start: at, type, data, end });
    at = end;
  }
  return places;
}

function afterName(message: Buffer, start: number): number {
  let at = start;
  for (;;) {
    const length = message[at] ?? 0;
    if (length >= 0xc0) return at + 2;
    if (length === 0) return at + 1;
    at += length + 1;
  }
}
