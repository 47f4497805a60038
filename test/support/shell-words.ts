/** The words of a command. */
export type Words = readonly string[];

/**
 * Splits a script without variables and loops into commands, by lines and `&&`. Leaves out comments and output files.
 */
export function commandsOf(script: string): Words[] {
  return script
    .replaceAll(/\\\n/g, " ")
    .split("\n")
    .flatMap(commandsOfLine)
    .filter((words) => words.length > 0);
}

/** Quoted text, a comment, or a word. */
const TOKEN = /"((?:[^"\\]|\\.)*)"|'([^']*)'|(#.*)|([^\s"']+)/g;

function commandsOfLine(line: string): string[][] {
  const commands: string[][] = [[]];
  let end = 0;
  for (const { 0: text, 1: double, 2: single, 3: comment, 4: bare, index } of line.matchAll(
    TOKEN,
  )) {
    if (comment !== undefined || bare === ">") break;
    const word = double ?? single ?? bare ?? "";
    const words = commands.at(-1) ?? [];
    if (bare === "&&") commands.push([]);
    // "$PWD":/work is one word.
    else if (index === end && words.length > 0) words.push(`${words.pop() ?? ""}${word}`);
    else words.push(word);
    end = index + text.length;
  }
  return commands;
}
