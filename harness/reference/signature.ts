import { Node, type Type, ts } from "ts-morph";
import { docsOf } from "./docstrings.ts";

/** What a declaration says to its users, without modifiers of the file that it stands in. */
export function signatureOf(node: Node): string {
  if (Node.isVariableDeclaration(node)) return `const ${node.getName()}: ${typeOf(node)};`;
  if (Node.isClassDeclaration(node)) return signatureOfClass(node);
  return textOf(node);
}

/** A class in one line, with its public members. */
function signatureOfClass(node: Node & { getMembers(): Node[] }): string {
  const members = node.getMembers().filter(isPublic).map(memberSignature);
  const head = textOf(node, (child) => child.kind !== ts.SyntaxKind.OpenBraceToken);
  return `${head} { ${members.map((member) => `${member}; `).join("")}}`;
}

export function memberSignature(node: Node): string {
  const text = textOf(node).replace(/[;,]$/, "");
  return Node.isPropertyDeclaration(node) && node.getTypeNode() === undefined
    ? `${text}: ${typeOf(node)}`
    : text;
}

/** For those who use a class. Not private or protected, not `@internal`, no method that Node.js calls, as `_read`. */
export function isPublic(node: Node): boolean {
  if (Node.isClassStaticBlockDeclaration(node)) return false;
  const isHidden = Node.hasName(node) && /^[#_]/.test(node.getName());
  const flags = ts.getCombinedModifierFlags(node.compilerNode as ts.Declaration);
  const isInternal = docsOf([node]).tags.some(({ name }) => name === "internal");
  const isOthers = (flags & (ts.ModifierFlags.Private | ts.ModifierFlags.Protected)) !== 0;
  return !isHidden && !isInternal && !isOthers;
}

function typeOf(node: Node & { getType(): Type; getTypeNode?(): Node | undefined }): string {
  const written = node.getTypeNode?.();
  return written === undefined ? node.getType().getText(node) : textOf(written);
}

/** Modifiers that say nothing to a user. */
const FOR_THE_COMPILER = new Set([
  ts.SyntaxKind.ExportKeyword,
  ts.SyntaxKind.DeclareKeyword,
  ts.SyntaxKind.DefaultKeyword,
  ts.SyntaxKind.AsyncKeyword,
  ts.SyntaxKind.OverrideKeyword,
]);

/** The source, with one space where it has space or a comment. It ends before a body or an initial value. */
function textOf(node: Node, isWanted: (token: ts.Node) => boolean = () => true): string {
  const file = node.getSourceFile().compilerNode;
  const pieces: string[] = [];
  for (const token of tokensOf(node.compilerNode, file)) {
    if (!isWanted(token)) break;
    if (FOR_THE_COMPILER.has(token.kind)) continue;
    const space = token.getStart(file) > token.getFullStart() && pieces.length > 0 ? " " : "";
    pieces.push(space + token.getText(file));
  }
  return pieces.join("");
}

function* tokensOf(node: ts.Node, file: ts.SourceFile): Generator<ts.Node> {
  const children = node.getChildren(file).filter((child) => !ts.isJSDoc(child));
  if (children.length === 0) {
    if (node.getWidth(file) > 0) yield node;
    return;
  }
  for (const child of children) {
    if (isOutsideSignature(child)) continue;
    yield* tokensOf(child, file);
  }
}

/** The body of a function, and the value that a property begins with. */
function isOutsideSignature(node: ts.Node): boolean {
  const { parent } = node;
  if (ts.isFunctionLike(parent) && "body" in parent && parent.body === node) return true;
  if (!ts.isPropertyDeclaration(parent)) return false;
  return parent.initializer === node || node.kind === ts.SyntaxKind.EqualsToken;
}
