/** Replaces control characters in untrusted text, because they can hide a command or show another one. */
export const visible = (text: string): string => text.replaceAll(/[\p{Cc}\p{Cf}]/gu, "\uFFFD");

/** Replaces control characters in a message, except line ends and colours. */
export const visibleLines = (text: string): string =>
  text
    .split("\n")
    .map((line) => line.split(COLOUR).map((part, at) => (at % 2 === 0 ? visible(part) : part)))
    .map((parts) => parts.join(""))
    .join("\n");

// oxlint-disable-next-line no-control-regex -- a colour starts with it
const COLOUR = /(\u001B\[[\d;]*m)/;
