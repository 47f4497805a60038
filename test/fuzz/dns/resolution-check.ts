import { SrvDialError } from "../../../runtime/src/base/errors.ts";
import { type DnsResolver, dnsResolver } from "../../../runtime/src/dns/dns-resolver.ts";
import { Finding, expectThat } from "../engine/finding.ts";
import { type HostileServer, type Script, TRUE_PORT } from "./hostile-server.ts";
import { QUESTION_AT, NAME, askedBy } from "./question.ts";
import { checkAddresses, checkAnswer } from "./reply-check.ts";

/** How long the resolver waits for one server in ms, where it must wait: no other reply comes. */
const SHORT = 100;
/** And where it must not. */
const LONG = 30_000;
/** Far longer than nine aliases and a busy machine need, in ms. */
const HANG = 60_000;
/** Longest message of an error: a name has 253 bytes, each of which may be escaped. */
const LONGEST_MESSAGE = 3_000;

/** What became of a resolution. */
export type Resolution = "answer" | "no records" | "error";

/** The resolvers of one server. */
export class Resolvers {
  readonly #server: HostileServer;
  readonly #short: DnsResolver;
  readonly #long: DnsResolver;

  constructor(server: HostileServer) {
    const servers = [server.address];
    this.#server = server;
    this.#short = dnsResolver({ servers, timeout: SHORT, tries: 1 });
    this.#long = dnsResolver({ servers, timeout: LONG, tries: 1 });
  }

  /**
   * Resolves the name through the server while it plays a script.
   *
   * @throws {Finding} when it gives neither an answer of the right shape nor a documented error, or hangs
   */
  async check(script: Script): Promise<Resolution> {
    this.#server.play(script);
    const resolver = script.way === "datagram alone" ? this.#short : this.#long;
    let timer: NodeJS.Timeout | undefined;
    const hang = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Finding(`hangs for ${HANG} ms`)), HANG);
    });
    try {
      return await Promise.race([resolveAs(resolver, script), hang]);
    } finally {
      clearTimeout(timer);
    }
  }
}

async function resolveAs(resolver: DnsResolver, script: Script): Promise<Resolution> {
  const asked = askedBy(script.message);
  const families = { A: 4, AAAA: 6 } as const;
  const resolution =
    asked === "SRV"
      ? await resolve(resolver, isForged(script) ? TRUE_PORT : undefined)
      : await lookup(resolver, NAME, families[asked]);
  expectThat(!isForged(script) || resolution === "answer", `a forged reply gave: ${resolution}`);
  return resolution;
}

/** Whether the script's message is none that the resolver may take, and an answer follows. */
function isForged({ message, way }: Script): boolean {
  if (way === "wrong ids, then an answer") return true;
  // An error may come without the question.
  const hasQuestion = message.length >= QUESTION_AT && message.readUInt16BE(4) > 0;
  return way === "wrong question, then an answer" && hasQuestion;
}

/** @param port that the first target must have, if it is known */
async function resolve(resolver: DnsResolver, port?: number): Promise<Resolution> {
  try {
    const answer = await resolver.resolve(NAME);
    checkAnswer(answer);
    const [target] = answer.targets;
    if (target === undefined) {
      expectThat(/^the DNS server 127\.0\.0\.1:\d+ /.test(answer.reason ?? ""), "no reason");
      return "no records";
    }
    expectThat(target.port === (port ?? target.port), `port ${target.port} from a forged reply`);
    // As a dial does, in the same turn: it shares the socket.
    await lookup(resolver, target.host);
    return "answer";
  } catch (error) {
    checkError(error);
    expectThat(error instanceof SrvDialError && error.code === "ERR_SRV_RESOLVE", String(error));
    return "error";
  }
}

async function lookup(resolver: DnsResolver, host: string, family?: 4 | 6): Promise<Resolution> {
  try {
    const { addresses, ttl } = await resolver.lookup(host, family === undefined ? {} : { family });
    checkAddresses(addresses, family);
    expectThat(Number.isInteger(ttl) && ttl >= 0 && ttl <= 0x7fff_ffff, `TTL ${ttl}`);
    return addresses.length === 0 ? "no records" : "answer";
  } catch (error) {
    checkError(error);
    return "error";
  }
}

/** One line that can be printed, and no mistake of the code. */
function checkError(error: unknown): void {
  if (!(error instanceof Error)) throw new TypeError(`it threw ${String(error)}`);
  const { message } = error;
  const isOurs = [Error, AggregateError, SrvDialError].some((each) => error.constructor === each);
  if (!isOurs) throw error;
  expectThat(message !== "" && message.length <= LONGEST_MESSAGE, `message of ${message.length}`);
  expectThat(/^[ -~]+$/.test(message), `message ${JSON.stringify(message)}`);
}
