import { UsageError } from "../../../../command-line/options.ts";

/** Blanks, or a part of a word: in single quotes, in double quotes, after a backslash, or plain. */
const PART = /(\s+)|'([^']*)'|"((?:\\[^]|[^"\\])*)"|\\([^])|([^\s'"\\]+)/y;

/**
 * The words of a line as a shell splits it, without its variables, patterns and operators. ECS' agent splits the command of
 * `aws ecs execute-command` so, too.
 * https://pubs.opengroup.org/onlinepubs/9699919799/utilities/V3_chap02.html#tag_18_02
 * @throws UsageError for a quote without an end, or a backslash at the end
 */
export function shellWords(line: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  const part = new RegExp(PART);
  while (part.lastIndex < line.length) {
    const rest = line.slice(part.lastIndex);
    const found = part.exec(line);
    if (!found) throw new UsageError(`${rest}: the ${nameOf(rest)} has no end`);
    const [, blanks, single, double, escaped, plain] = found;
    if (blanks === undefined) {
      const quoted = double?.replaceAll(/\\(["$`\\])/g, "$1");
      word = (word ?? "") + (single ?? quoted ?? escaped ?? plain ?? "");
    } else if (word !== undefined) {
      words.push(word);
      word = undefined;
    }
  }
  return word === undefined ? words : [...words, word];
}

const nameOf = ([first]: string): string => (first === "\\" ? "backslash" : `quote ${first}`);
