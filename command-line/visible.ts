/** Replaces control characters in untrusted text, because they can hide a command or show another one. */
export const visible = (text: string): string => text.replaceAll(/[\p{Cc}\p{Cf}]/gu, "\uFFFD");

/** Replaces control characters in a message, except line ends and colours; none of these hides text. */
export const visibleLines = (text: string): string =>
  text
    .split("\n")
    .map((line) => line.split(COLOUR).map((part, at) => (at % 2 === 0 ? visible(part) : part)))
    .map((parts) => parts.join(""))
    .join("\n");

// oxlint-disable-next-line no-control-regex -- a colour starts with it
const COLOUR = /(\u001B\[(?:1|2|22|3[1-6]|39)m)/;

/** As JSON, with control characters in the form `\u009b`. */
export const visibleJson = (value: unknown): string =>
  JSON.stringify(value, undefined, 2).replaceAll(/(?!\n)[\p{Cc}\p{Cf}]/gu, escaped);

const escaped = (character: string): string =>
  Array.from({ length: character.length }, (_, at) => character.charCodeAt(at))
    .map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`)
    .join("");
