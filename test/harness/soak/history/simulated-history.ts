import type { Loss, Operation } from "../../../../harness/soak/history/operation.ts";

export interface Simulation {
  readonly kind: "register" | "counter";
  readonly operations: number;
  readonly clients: number;
  /** Each INCR is sent once. @default false */
  readonly sentOnce?: boolean;
  /** Milliseconds between losses. @default no losses */
  readonly lossEvery?: number;
}

/** Maximum milliseconds of writes lost per loss. */
const LOSS_MS = 100;

/**
 * The history of clients of a correct server. Replies take time, some never come, an INCR may be resent, and a loss
 * returns to a state of the last 100 ms.
 */
export function simulatedHistory(
  random: () => number,
  { kind, operations: count, clients, sentOnce = false, lossEvery = Infinity }: Simulation,
): { readonly operations: readonly Operation[]; readonly losses: readonly Loss[] } {
  const draw = (below: number): number => Math.floor(random() * below);
  const free = Array.from({ length: clients }, () => draw(10));
  const operations: Operation[] = [];
  const losses: Loss[] = [];
  const server = new Server(kind === "counter" ? 0 : null);
  const pending: Attempt[] = [];
  for (let index = 0; index < count; index += 1) {
    const client = free.indexOf(Math.min(...free));
    const start = free[client] ?? 0;
    const length = 1 + draw(20);
    const isAnswered = random() > 0.02;
    const isRead = random() < 0.4;
    free[client] = start + length + (isAnswered ? draw(5) : 50);
    pending.push({
      client,
      start,
      at: start + draw(length),
      isAnswered,
      isRead,
      value: `v${index}`,
      end: start + length,
    });
  }
  // Commands in the order in which the server receives them.
  for (const attempt of pending.toSorted((a, b) => a.at - b.at)) {
    const next = (losses.length + 1) * lossEvery;
    if (attempt.at > next) {
      server.goBack(next - draw(LOSS_MS));
      losses.push({ at: next, lossMs: LOSS_MS });
    }
    operations.push(serve(server, attempt, { kind, sentOnce }, draw));
  }
  return { operations, losses };
}

interface Attempt {
  readonly client: number;
  readonly start: number;
  readonly at: number;
  readonly end: number;
  readonly isAnswered: boolean;
  readonly isRead: boolean;
  readonly value: string;
}

function serve(
  server: Server,
  { client, start, at, end, isAnswered, isRead, value }: Attempt,
  { kind, sentOnce }: { readonly kind: Simulation["kind"]; readonly sentOnce: boolean },
  draw: (below: number) => number,
): Operation {
  const sent = { client, key: "k", start, end: isAnswered ? end : undefined };
  if (isRead) {
    const result = server.value === null ? null : String(server.value);
    return { ...sent, kind: "get", result: isAnswered ? result : undefined };
  }
  if (kind === "register") {
    // A SET that was never sent also has no reply.
    if (isAnswered || draw(2) === 0) server.write(value, at);
    return { ...sent, kind: "set", value };
  }
  if (sentOnce) {
    if (isAnswered || draw(2) === 0) server.write(Number(server.value) + 1, at);
    const result = isAnswered ? Number(server.value) : undefined;
    return { ...sent, kind: "incr", sentOnce, result };
  }
  const times = draw(20) === 0 ? 2 : 1;
  for (let time = 0; time < times; time += 1) server.write(Number(server.value) + 1, at);
  return { ...sent, kind: "incr", result: isAnswered ? Number(server.value) : undefined };
}

/** A value and all earlier ones with their end times. */
class Server {
  value: string | number | null;
  readonly #past: { value: string | number | null; until: number }[] = [];

  constructor(value: string | number | null) {
    this.value = value;
  }

  write(value: string | number, at: number): void {
    this.#past.push({ value: this.value, until: at });
    this.value = value;
  }

  goBack(to: number): void {
    const then = this.#past.find(({ until }) => until > to);
    if (then) this.value = then.value;
    this.#past.length = 0;
  }
}
