import { expect, test } from "vitest";
import { html } from "../../../harness/views/html.ts";

test("text is escaped, in elements and in attributes", () => {
  const text = `<b title='x'>"&"</b>`;
  const escaped = "&lt;b title=&#39;x&#39;&gt;&quot;&amp;&quot;&lt;/b&gt;";
  expect(html`<i title="${text}">${text}</i>`.markup).toBe(`<i title="${escaped}">${escaped}</i>`);
});

test("markup is kept, lists are joined, false and undefined are left out, 0 is shown", () => {
  const items = ["a", "b"].map((item) => html`<b>${item}</b>`);
  expect(html`${items}${false}${undefined}${0}`.markup).toBe("<b>a</b><b>b</b>0");
});
