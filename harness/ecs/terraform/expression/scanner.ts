import { HarnessError } from "../../base/errors.ts";

/** Reads a text from its begin to its end. */
export class Scanner {
  protected readonly text: string;
  protected at = 0;

  constructor(text: string) {
    this.text = text;
  }

  /** Skips white space and comments. */
  protected skipSpace(): void {
    this.match(/(?:\s+|#[^\n]*|\/\/[^\n]*|\/\*[^]*?\*\/)+/y);
  }

  protected match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    this.at += found?.length ?? 0;
    return found;
  }

  protected peek(text: string): boolean {
    return this.text.startsWith(text, this.at);
  }

  protected take(text: string): boolean {
    const found = this.peek(text);
    if (found) this.at += text.length;
    return found;
  }

  protected expect(text: string): void {
    this.skipSpace();
    if (!this.take(text)) this.fail(`"${text}"`);
  }

  protected fail(wanted: string): never {
    throw new HarnessError("ERR_TEMPLATE", `expected ${wanted} at "${this.text.slice(this.at)}"`);
  }

  protected unsupported(what: string): HarnessError {
    return new HarnessError(
      "ERR_UNSUPPORTED",
      `${what} in "${this.text}" is not evaluated locally`,
    );
  }
}
