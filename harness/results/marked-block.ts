/**
 * Replaces the text between `<!-- MARK -->` and `<!-- end -->` in a page.
 *
 * @throws if the page does not have the marks
 */
export function withBlock(page: string, mark: string, text: string): string {
  const begin = `<!-- ${mark} -->`;
  const start = page.indexOf(begin);
  const end = page.indexOf("<!-- end -->", start);
  if (start === -1 || end === -1) throw new Error(`the page has no ${begin} ... <!-- end -->`);
  return `${page.slice(0, start + begin.length)}\n\n${text}\n\n${page.slice(end)}`;
}
