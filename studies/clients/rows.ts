import type { Client } from "./clients.ts";
import { measure, type RoundResult, type Row } from "./round.ts";

/** A row that was measured, or why it could not be. */
export interface MeasuredRow {
  readonly client: string;
  readonly version: string;
  readonly language: string;
  readonly way: Row["way"];
  readonly settings: Row["settings"];
  readonly result?: RoundResult;
  /** Why there is no result. */
  readonly failure?: string;
}

/** Each client in its ways with the settings of its guide, and once with none, by an A record. */
export const rowsOf = (clients: readonly Client[]): Row[] =>
  clients.flatMap((client) => [
    ...client.ways.map((way) => ({ client, way, settings: "guide" as const })),
    { client, way: "a" as const, settings: "defaults" as const },
  ]);

/** Measures a row. A failure is a row too. */
export async function measured(
  row: Row,
  place: number,
  random: () => number,
  signal: AbortSignal,
): Promise<MeasuredRow> {
  try {
    return { ...described(row), result: await measure(row, place, random, signal) };
  } catch (error) {
    signal.throwIfAborted();
    return failedRow(row, error instanceof Error ? error.message : String(error));
  }
}

export const failedRow = (row: Row, failure: string): MeasuredRow => ({
  ...described(row),
  failure,
});

const described = ({ client: { name, version, language }, way, settings }: Row) => ({
  client: name,
  version,
  language,
  way,
  settings,
});
