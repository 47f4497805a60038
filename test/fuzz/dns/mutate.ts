import type { Dice } from "../engine/dice.ts";
import { QUESTION_AT, ID, RECORDS_AT, TYPES } from "./question.ts";
import { type RecordPlace, recordsIn } from "./records-in.ts";
import { RECORD_TYPES } from "./seeds.ts";

/** The longest message that TCP can carry. */
const LONGEST = 65_535;
const NUMBERS = [
  0, 1, 2, 3, 12, 63, 64, 127, 128, 255, 256, 0x3fff, 0x7fff, 0x8000, 0xfffe, 0xffff,
];
const CHAIN_LENGTHS = [2, 100, 126, 127, 128, 8_000];
const COPIES = [2, 10, 1_000, 65_535];

/** A change of a message, in place or to another one. */
type Mutation = (message: Buffer, dice: Dice, other: Buffer) => Buffer;

/** A copy of a message with a few changes. It may take parts of another one. */
export function mutated(message: Buffer, dice: Dice, other: Buffer): Buffer {
  let changed: Buffer = Buffer.from(message);
  for (let times = dice.size(4); times > 0; times--) {
    changed = dice.pick(dice.pick(KINDS))(changed, dice, other).subarray(0, LONGEST);
  }
  if (dice.onceIn(300)) changed = dice.pick(HUGE)(changed, dice, other).subarray(0, LONGEST);
  return dice.onceIn(3) ? changed : countedRight(changed);
}

const OF_BYTES: readonly Mutation[] = [flipBit, setByte, setNumber, remove, insert, repeat, splice];
const OF_HEADER: readonly Mutation[] = [setCount, setFlags, setId, askAnother, cut];
const OF_RECORDS: readonly Mutation[] = [
  changeType,
  changeClass,
  changeTtl,
  changeLength,
  pointName,
  copyRecord,
  dropRecord,
];
/** Records more often: most of what is wrong elsewhere is ignored at once. */
const KINDS = [OF_BYTES, OF_HEADER, OF_RECORDS, OF_RECORDS, OF_RECORDS];
/** What makes a message of up to 64 KiB: slow, so seldom. */
const HUGE: readonly Mutation[] = [chainPointers, manyRecords, pad];

/** The message with as many answers as there are records, so that these are read at all. */
function countedRight(message: Buffer): Buffer {
  const records = recordsIn(message).length;
  if (records === 0) return message;
  const others = message.readUInt16BE(8) + message.readUInt16BE(10);
  if (others <= records) return write16(message, 6, records - others);
  return write16(write16(write16(message, 6, records), 8, 0), 10, 0);
}

function flipBit(message: Buffer, dice: Dice): Buffer {
  const at = dice.below(message.length);
  message[at] = (message[at] ?? 0) ^ (1 << dice.below(8));
  return message;
}

function setByte(message: Buffer, dice: Dice): Buffer {
  message[dice.below(message.length)] = dice.below(256);
  return message;
}

function setNumber(message: Buffer, dice: Dice): Buffer {
  return write16(message, dice.below(message.length), dice.pick(NUMBERS));
}

function cut(message: Buffer, dice: Dice): Buffer {
  return message.subarray(0, dice.below(message.length + 1));
}

function remove(message: Buffer, dice: Dice): Buffer {
  const start = dice.below(message.length);
  const rest = message.subarray(start + dice.size(32));
  return Buffer.concat([message.subarray(0, start), rest]);
}

function insert(message: Buffer, dice: Dice): Buffer {
  return inserted(message, dice.below(message.length + 1), dice.bytes(dice.size(32)));
}

function repeat(message: Buffer, dice: Dice): Buffer {
  const start = dice.below(message.length);
  const part = message.subarray(start, start + dice.size(64));
  return inserted(message, start, part);
}

function splice(message: Buffer, dice: Dice, other: Buffer): Buffer {
  const start = dice.below(other.length);
  return inserted(
    message,
    dice.below(message.length + 1),
    other.subarray(start, start + dice.size(128)),
  );
}

function setCount(message: Buffer, dice: Dice): Buffer {
  return write16(message, 4 + 2 * dice.below(4), dice.pick(NUMBERS));
}

function setFlags(message: Buffer, dice: Dice): Buffer {
  return write16(message, 2, 0x8180 ^ (1 << dice.below(16)));
}

function setId(message: Buffer, dice: Dice): Buffer {
  return write16(message, 0, dice.onceIn(4) ? dice.below(0x1_0000) : ID);
}

function changeType(message: Buffer, dice: Dice): Buffer {
  return atRecord(message, dice, ({ type }) => write16(message, type, dice.pick(RECORD_TYPES)));
}

function changeClass(message: Buffer, dice: Dice): Buffer {
  const classes = [1, 3, 254, 255, 0x8001];
  return atRecord(message, dice, ({ type }) => write16(message, type + 2, dice.pick(classes)));
}

function changeTtl(message: Buffer, dice: Dice): Buffer {
  return atRecord(message, dice, ({ type }) => {
    message.writeUInt32BE(dice.pick([0, 1, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff]), type + 4);
    return message;
  });
}

function changeLength(message: Buffer, dice: Dice): Buffer {
  return atRecord(message, dice, ({ data, end }) => {
    const length = dice.onceIn(2) ? dice.pick(NUMBERS) : end - data + dice.below(5) - 2;
    return write16(message, data - 2, Math.max(0, length));
  });
}

/** Makes something point to where it should not: itself, another name, the middle of a label. */
function pointName(message: Buffer, dice: Dice): Buffer {
  return atRecord(message, dice, ({ start, data }) => {
    const at = dice.pick([start, data, data + 6, QUESTION_AT]);
    const target = dice.pick([at, at + 2, dice.below(message.length), QUESTION_AT, 0, 0x3fff]);
    return write16(message, at, 0xc000 | (target & 0x3fff));
  });
}

function copyRecord(message: Buffer, dice: Dice): Buffer {
  return atRecord(message, dice, ({ start, end }) => {
    const more = inserted(message, end, message.subarray(start, end));
    return write16(more, 6, (more.readUInt16BE(6) + 1) & 0xffff);
  });
}

function dropRecord(message: Buffer, dice: Dice): Buffer {
  return atRecord(message, dice, ({ start, end }) => {
    const less = Buffer.concat([message.subarray(0, start), message.subarray(end)]);
    return write16(less, 6, Math.max(0, less.readUInt16BE(6) - 1));
  });
}

function askAnother(message: Buffer, dice: Dice): Buffer {
  return write16(message, RECORDS_AT - 4, dice.pick(Object.values(TYPES)));
}

/** Pointers that each lead to the one before them, and a record that uses the last. */
function chainPointers(message: Buffer, dice: Dice): Buffer {
  const length = dice.pick(CHAIN_LENGTHS);
  const chain = Buffer.alloc(length * 2);
  for (let index = 0; index < length; index++) {
    const before = index === 0 ? QUESTION_AT : message.length + (index - 1) * 2;
    chain.writeUInt16BE(0xc000 | (before & 0x3fff), index * 2);
  }
  return Buffer.concat([message, chain]);
}

function manyRecords(message: Buffer, dice: Dice): Buffer {
  return atRecord(message, dice, ({ start, end }) => {
    const record = message.subarray(start, end);
    const copies = Math.min(dice.pick(COPIES), Math.floor(LONGEST / record.length));
    const more = inserted(
      message,
      end,
      Buffer.concat(Array.from({ length: copies }, () => record)),
    );
    return write16(more, 6, (more.readUInt16BE(6) + copies) & 0xffff);
  });
}

function pad(message: Buffer, dice: Dice): Buffer {
  return Buffer.concat([message, Buffer.alloc(dice.below(LONGEST), dice.below(256))]);
}

/** Changes one of the records, if the message has any. */
function atRecord(message: Buffer, dice: Dice, change: (place: RecordPlace) => Buffer): Buffer {
  const places = recordsIn(message);
  return places.length === 0 ? message : change(dice.pick(places));
}

function inserted(message: Buffer, at: number, bytes: Buffer): Buffer {
  return Buffer.concat([message.subarray(0, at), bytes, message.subarray(at)]);
}

function write16(message: Buffer, at: number, value: number): Buffer {
  if (at + 2 <= message.length) message.writeUInt16BE(value, at);
  return message;
}
