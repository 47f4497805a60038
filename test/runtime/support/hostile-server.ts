import { type RemoteInfo, createSocket } from "node:dgram";
import { once } from "node:events";
import { type Socket, createServer } from "node:net";

/** The name in the question of all messages. */
export const NAME = "dev-redis.dev-ecs";
/** The id in all messages. The server replaces it by the id of the query. */
export const ID = 0x2a2a;
/** Offset of the question, after the header. */
export const QUESTION_AT = 12;
/** Offset of the records, after two labels with lengths, the root, type and class. */
export const RECORDS_AT = QUESTION_AT + NAME.length + 2 + 4;

export const TYPES = { A: 1, AAAA: 28, SRV: 33 } as const;

/** How the server sends a message. */
type Way = (typeof WAYS)[number];

export const WAYS = [
  "datagram alone",
  "datagram, then an answer",
  "wrong ids, then an answer",
  "wrong question, then an answer",
  "over TCP",
  "over TCP in pieces",
  "over TCP, longer than it says",
  "over TCP, shorter than it says",
  "over TCP, reset within",
  "over TCP, twice",
] as const;

interface Script {
  /** A reply with the common id and question, which the server replaces by those of the query. */
  readonly message: Buffer;
  readonly way: Way;
}

interface HostileServer extends AsyncDisposable {
  readonly address: string;
  /** Sets its behavior. */
  play(script: Script): void;
}

const TRUNCATED = 0x8380;
const RESPONSE = 0x8180;
/** Number of forged datagrams before the answer. */
const FORGED = 5;
/** Size of a piece of a stream, in bytes. */
const PIECES = [1, 1, 7, 100, 10_000];

/** A server on 127.0.0.1, UDP and TCP on one port, that follows a script. */
export async function startHostileServer(): Promise<HostileServer> {
  let script: Script = { message: Buffer.alloc(0), way: "datagram alone" };
  const streams = createServer((socket) => serveStream(socket, () => script));
  await once(streams.listen(0, "127.0.0.1"), "listening");
  const address = streams.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  const datagrams = createSocket("udp4");
  datagrams.on("message", (query, client) => {
    for (const bytes of datagramsOf(script, query)) send(bytes, client);
  });
  const send = (bytes: Buffer, { port, address: to }: RemoteInfo): void => {
    datagrams.send(bytes, port, to, () => {});
  };
  datagrams.bind(address.port, "127.0.0.1");
  await once(datagrams, "listening");
  return {
    address: `127.0.0.1:${address.port}`,
    play: (next) => void (script = next),
    async [Symbol.asyncDispose]() {
      datagrams.close();
      streams.close();
      await once(streams, "close");
    },
  };
}

/** Maximum size of a datagram on loopback. */
const LONGEST_DATAGRAM = 65_507;

function datagramsOf({ message, way }: Script, query: Buffer): Buffer[] {
  if (way.startsWith("over TCP")) return [headed(query, TRUNCATED)];
  const reply = fitted(message, query).subarray(0, LONGEST_DATAGRAM);
  const answer = answerTo(query);
  switch (way) {
    case "wrong ids, then an answer":
      return [
        ...Array.from({ length: FORGED }, (_, n) => withOtherId(reply, query, n + 1)),
        answer,
      ];
    case "wrong question, then an answer":
      return [withQuestionChanged(reply), answer];
    case "datagram, then an answer":
      return [reply, answer];
    default:
      return [reply];
  }
}

function serveStream(socket: Socket, script: () => Script): void {
  socket.on("error", () => {});
  socket.once("data", (query) => {
    const { message, way } = script();
    const bytes = fitted(message, query.subarray(2));
    const whole = framed(bytes, bytes.length);
    if (way === "over TCP in pieces") return void writePieces(socket, whole);
    if (way === "over TCP, longer than it says") socket.end(framed(bytes, bytes.length >> 1));
    else if (way === "over TCP, shorter than it says") socket.end(framed(bytes, 0xffff));
    else if (way === "over TCP, twice") socket.end(Buffer.concat([whole, whole]));
    else if (way === "over TCP, reset within") {
      socket.write(whole.subarray(0, whole.length >> 1), () => socket.resetAndDestroy());
    } else socket.end(whole);
  });
}

async function writePieces(socket: Socket, bytes: Buffer): Promise<void> {
  let at = 0;
  for (let count = 0; at < bytes.length && socket.writable; count++) {
    const size = PIECES[count] ?? bytes.length;
    socket.write(bytes.subarray(at, at + size));
    at += size;
    // In a separate packet.
    await new Promise((resolve) => setImmediate(resolve));
  }
  socket.end();
}

function framed(bytes: Buffer, length: number): Buffer {
  const frame = Buffer.alloc(2);
  frame.writeUInt16BE(length);
  return Buffer.concat([frame, bytes]);
}

/** The message with the id and question of the query instead of the common ones. */
function fitted(message: Buffer, query: Buffer): Buffer {
  const question = questionOf(query);
  const hasQuestion = message.subarray(QUESTION_AT, RECORDS_AT - 4).equals(QUESTION_NAME);
  const parts = hasQuestion
    ? [message.subarray(0, QUESTION_AT), question, message.subarray(RECORDS_AT)]
    : [message];
  const fit = Buffer.concat(parts);
  if (fit.length >= 2 && fit.readUInt16BE(0) === ID) query.copy(fit, 0, 0, 2);
  return fit;
}

const QUESTION_NAME = Buffer.from("\u0009dev-redis\u0007dev-ecs\0");

/** Name, type and class of a query. */
function questionOf(query: Buffer): Buffer {
  const end = query.indexOf(0, QUESTION_AT) + 1;
  return query.subarray(QUESTION_AT, end + 4);
}

/** A reply with only the question and these flags. */
function headed(query: Buffer, flags: number, answers = 0): Buffer {
  const header = Buffer.alloc(QUESTION_AT);
  query.copy(header, 0, 0, 2);
  header.writeUInt16BE(flags, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(answers, 6);
  return Buffer.concat([header, questionOf(query)]);
}

/** @param difference bits to flip in the query's id */
function withOtherId(reply: Buffer, query: Buffer, difference: number): Buffer {
  const forged = Buffer.from(reply);
  if (forged.length >= 2) forged.writeUInt16BE(query.readUInt16BE(0) ^ difference);
  return forged;
}

function withQuestionChanged(reply: Buffer): Buffer {
  const forged = Buffer.from(reply);
  if (forged.length > QUESTION_AT + 1) forged[QUESTION_AT + 1] = 0x78;
  return forged;
}

/** The port of the target in a correct answer. */
export const TRUE_PORT = 6379;

/** A correct answer: one record of the requested type. */
function answerTo(query: Buffer): Buffer {
  const type = questionOf(query).readUInt16BE(questionOf(query).length - 4);
  const data = ANSWERS.get(type) ?? Buffer.alloc(0);
  const record = Buffer.alloc(12);
  record.writeUInt16BE(0xc000 | QUESTION_AT, 0);
  record.writeUInt16BE(type, 2);
  record.writeUInt16BE(1, 4);
  record.writeUInt32BE(10, 6);
  record.writeUInt16BE(data.length, 10);
  return Buffer.concat([headed(query, RESPONSE, 1), record, data]);
}

const ANSWERS: ReadonlyMap<number, Buffer> = new Map([
  [TYPES.A, Buffer.of(127, 0, 0, 1)],
  [TYPES.AAAA, Buffer.from("00000000000000000000000000000001", "hex")],
  [
    TYPES.SRV,
    Buffer.from("00010001" + TRUE_PORT.toString(16).padStart(4, "0") + "026f6b00", "hex"),
  ],
]);
