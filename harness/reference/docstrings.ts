import { Node } from "ts-morph";
import type { ApiDocs } from "./api.ts";
import { parseDocs } from "./docs.ts";

const NO_DOCS: ApiDocs = { text: "", tags: [] };

/** What is said of a name. Of overloads one has the docstring. */
export function docsOf(declarations: readonly Node[]): ApiDocs {
  const [comment] = declarations.flatMap((node) => commentsOf(node).slice(-1));
  return comment === undefined ? NO_DOCS : parseDocs(comment);
}

function commentsOf(node: Node): string[] {
  const holder = Node.isVariableDeclaration(node) ? node.getVariableStatement() : node;
  if (holder === undefined || !Node.isJSDocable(holder)) return [];
  return holder.getJsDocs().map((docs) => docs.getText());
}
