import { ok } from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { codeIn } from "../../support/markdown.ts";

/** The clone that a reader has. */
export const CLONE = join(import.meta.dirname, "../../..");

/** What a page writes for a folder of the reader's. */
const CLONE_ON_PAGES = /\/path\/to\/(this\/)?clone/g;
const APP_ON_PAGES = /\/path\/to\/(your\/app|copy)/g;

/** A command that a page writes for the clone, as a reader types it in another folder. */
export const fromElsewhere = (command: string): string =>
  command.replace(/^npm (run \w+|start)/, `npm $1 --prefix ${CLONE}`);

/** The commands of a section of a page, taken in their order and as they are. */
export class Section {
  readonly text: string;
  readonly #name: string;
  readonly #app: string;
  readonly #left: string[];

  /**
   * @param page its path
   * @param heading of the section
   * @param app the folder of the reader's app
   */
  constructor(page: string, heading: string, app: string) {
    this.#name = `${page}, ${heading}`;
    this.#app = app;
    this.text = sectionOf(readFileSync(join(CLONE, page), "utf8"), heading);
    this.#left = codeIn(this.text, "sh").flatMap(commandsIn);
    ok(this.#left.length > 0, `${this.#name} has no commands`);
  }

  /** The next command, with the reader's folders. @param start how it begins on the page */
  next(start: string): string {
    const command = this.#left.shift() ?? "";
    ok(command.startsWith(start), `${this.#name}: ${command} comes before ${start}`);
    return command.replaceAll(CLONE_ON_PAGES, CLONE).replaceAll(APP_ON_PAGES, this.#app);
  }

  /** Passes over the next command. @param why it cannot run here */
  skip(start: string, why: string): void {
    this.next(start);
    console.log(`skipped in ${this.#name}: ${start}: ${why}`);
  }

  /** Every command of the section has run. */
  end(): void {
    ok(this.#left.length === 0, `${this.#name}: did not run ${this.#left.join("; ")}`);
  }
}

/** The text below a heading, up to the next one of its level or a higher one. */
function sectionOf(page: string, heading: string): string {
  const lines = page.split("\n");
  const first = lines.findIndex((line) => new RegExp(`^#+ ${heading}$`).test(line));
  ok(first !== -1, `there is no section ${heading}`);
  const level = lines[first]?.indexOf(" ") ?? 0;
  let isCode = false;
  const rest = lines.slice(first + 1);
  const end = rest.findIndex((line) => {
    if (line.startsWith("```")) isCode = !isCode;
    return !isCode && new RegExp(`^#{1,${level}} `).test(line);
  });
  return rest.slice(0, end === -1 ? undefined : end).join("\n");
}

/** Whole commands, without comments. */
function commandsIn(block: string): string[] {
  return block
    .replaceAll(/\\\n\s*/g, "")
    .split("\n")
    .map((line) => line.replace(/\s+#.*$/, "").trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
}
