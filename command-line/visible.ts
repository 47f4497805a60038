/** A text of someone else on one line: control characters could hide a command, or show another. */
export const visible = (text: string): string => text.replaceAll(/[\p{Cc}\p{Cf}]/gu, "\uFFFD");

/** A message of several lines, which may be in colour, with texts of someone else in it. */
export const visibleLines = (text: string): string =>
  text
    .split("\n")
    .map((line) => line.split(COLOUR).map((part, at) => (at % 2 === 0 ? visible(part) : part)))
    .map((parts) => parts.join(""))
    .join("\n");

// oxlint-disable-next-line no-control-regex -- that is what a colour begins with
const COLOUR = /(\u001B\[[\d;]*m)/;
