import { readFileSync, readdirSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { LEAST_UPPER_BOUND, TraceMap, generatedPositionFor } from "@jridgewell/trace-mapping";
import { FOLDERS, ROOT } from "./paths.ts";

/** What Node.js writes as a process ends (NODE_V8_COVERAGE), of what is read of it. */
interface ProcessReport {
  readonly result: readonly Script[];
  readonly "source-map-cache"?: Readonly<Record<string, CachedMap>>;
}

interface Script {
  readonly url: string;
  readonly functions: readonly { readonly ranges: readonly Range[] }[];
}

/** Offsets in characters. An inner range counts for what is in it. */
interface Range {
  readonly startOffset: number;
  readonly endOffset: number;
  readonly count: number;
}

interface CachedMap {
  readonly lineLengths: readonly number[];
  readonly data: object | null;
}

/** A script as it ran in one process. */
interface Run {
  readonly map: TraceMap;
  readonly lineLengths: readonly number[];
  readonly ranges: readonly Range[];
}

/** A place in a source: line from 1, column from 0. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** A script of the built package, which is the same wherever it is installed. */
export type BuiltScripts = ReadonlyMap<string, CachedMap>;

/** What the processes ran that the tests have started. */
export class Processes {
  readonly #runs = new Map<string, Run[]>();
  #count = 0;

  /** How many processes wrote what they ran. */
  get count(): number {
    return this.#count;
  }

  /** Reads the reports in a folder, and removes them: one has up to 50 MB. */
  takeFrom(folder: string, built: BuiltScripts): void {
    for (const name of readdirSync(folder)) {
      const path = join(folder, name);
      this.#add(JSON.parse(readFileSync(path, "utf8")) as ProcessReport, built);
      rmSync(path);
    }
  }

  #add({ result, "source-map-cache": maps = {} }: ProcessReport, built: BuiltScripts): void {
    this.#count++;
    for (const { url, functions } of result) {
      const source = sourceOf(url);
      const map = source === undefined ? undefined : (built.get(source) ?? maps[url]);
      if (source === undefined || map?.data === null || map === undefined) continue;
      const runs = this.#runs.get(source) ?? [];
      this.#runs.set(source, runs);
      runs.push({
        map: new TraceMap(map.data as ConstructorParameters<typeof TraceMap>[0]),
        lineLengths: map.lineLengths,
        ranges: functions.flatMap(({ ranges }) => ranges),
      });
    }
  }

  /** Whether a process has run what begins at a place of a source. */
  hasRun(source: string, place: Place): boolean {
    return (this.#runs.get(source) ?? []).some((run) => countAt(run, place) > 0);
  }
}

/** The path of the TypeScript, from the root, that a script comes from; undefined for others' scripts. */
function sourceOf(url: string): string | undefined {
  if (!url.startsWith("file:")) return undefined;
  const path = fileURLToPath(url);
  const built = /\/(?:srv-dialer|runtime)\/dist\/(.*)\.js$/.exec(path)?.[1];
  if (built !== undefined) return `runtime/src/${built}.ts`;
  const own = relative(ROOT, path);
  return own.endsWith(".ts") && FOLDERS.some((folder) => own.startsWith(`${folder}/`))
    ? own
    : undefined;
}

function countAt({ map, lineLengths, ranges }: Run, place: Place): number {
  const [source] = map.sources;
  const position = { source: source ?? "", ...place, bias: LEAST_UPPER_BOUND } as const;
  const { line, column } = generatedPositionFor(map, position);
  if (line === null) return 0;
  const before = lineLengths.slice(0, line - 1).reduce((sum, length) => sum + length + 1, 0);
  const offset = before + column;
  const inside = ranges.filter((each) => each.startOffset <= offset && offset < each.endOffset);
  const innermost = inside.toSorted(
    (a, b) => a.endOffset - a.startOffset - (b.endOffset - b.startOffset),
  )[0];
  return innermost?.count ?? 0;
}
