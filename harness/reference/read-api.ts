import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  type ExportedDeclarations,
  Node,
  Project,
  type Symbol as TypeSymbol,
  type Type,
  ts,
} from "ts-morph";
import type { Api, ApiEntry, ApiMember, ApiName } from "./api.ts";
import { docsOf } from "./docstrings.ts";
import { isPublic, memberSignature, signatureOf } from "./signature.ts";

interface PackageJson {
  readonly name: string;
  readonly exports: Readonly<Record<string, string | { readonly types?: string }>>;
}

/**
 * The public names of a built package, from its declarations. Types of other packages are not looked up.
 *
 * @param folder has the package.json, whose `exports` name the declarations by `types`
 * @throws {Error} for a file that is missing
 */
export function readApi(folder: string): Api {
  const { name, exports } = JSON.parse(
    readFileSync(join(folder, "package.json"), "utf8"),
  ) as PackageJson;
  const files = Object.entries(exports).flatMap(([path, target]) => {
    const types = typeof target === "string" ? undefined : target.types;
    return types === undefined ? [] : [[name + path.slice(1), join(folder, types)] as const];
  });
  return readEntries(Object.fromEntries(files));
}

/**
 * The public names that a source file exports or passes on from its own imports. What these files import in turn
 * is not read: it takes long, and their declarations name it.
 *
 * @param entry as it is imported
 * @throws {Error} for a file that is missing
 */
export function readSource(entry: string, path: string): Api {
  return readEntries({ [entry]: path }, (from) => from === path);
}

/** @param isFollowed whether the imports of a file are read as well */
function readEntries(
  files: Readonly<Record<string, string>>,
  isFollowed: (from: string) => boolean = () => true,
): Api {
  const project = createProject(isFollowed);
  const sources = Object.entries(files).map(
    ([entry, path]) => [entry, project.addSourceFileAtPath(path)] as const,
  );
  const entries = sources.map(([entry, source]): ApiEntry => {
    const names = [...source.getExportedDeclarations()].map(([name, all]) => nameOf(name, all));
    return { entry, names: names.toSorted(byName) };
  });
  return { entries };
}

/** Reads the files of the package alone: those of its dependencies are many, and not its own names. */
function createProject(isFollowed: (from: string) => boolean): Project {
  return new Project({
    compilerOptions: {
      target: ts.ScriptTarget.ES2023,
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
      allowImportingTsExtensions: true,
      strict: true,
      // For `Pick` and the like. What a newer library declares is no name of the package.
      lib: ["lib.es5.d.ts"],
      types: [],
    },
    skipAddingFilesFromTsConfig: true,
    resolutionHost: (host, getOptions) => ({
      resolveModuleNames: (names, from) =>
        names.map((name) =>
          name.startsWith(".") && isFollowed(from)
            ? ts.resolveModuleName(name, from, getOptions(), host).resolvedModule
            : undefined,
        ),
    }),
  });
}

function nameOf(name: string, declarations: readonly ExportedDeclarations[]): ApiName {
  const [first] = declarations;
  if (first === undefined) throw new Error(`${name} is declared nowhere`);
  const told = declarations.length > 1 ? withoutImplementation(declarations) : declarations;
  return {
    name,
    kind: kindOf(name, first),
    signature: told.map(signatureOf).join(" "),
    docs: docsOf(declarations),
    members: membersOf(first),
  };
}

/** In sources the last of the overloads has the body, and no caller sees it. */
function withoutImplementation(declarations: readonly ExportedDeclarations[]) {
  return declarations.filter((node) => !(Node.isFunctionDeclaration(node) && node.hasBody()));
}

function kindOf(name: string, node: Node): ApiName["kind"] {
  if (Node.isClassDeclaration(node)) return "class";
  if (Node.isFunctionDeclaration(node)) return "function";
  if (Node.isInterfaceDeclaration(node)) return "interface";
  if (Node.isTypeAliasDeclaration(node)) return "type";
  if (Node.isVariableDeclaration(node)) return "constant";
  throw new Error(`${name} is a ${node.getKindName()}, which the reference does not tell`);
}

function membersOf(node: Node): ApiMember[] {
  if (Node.isClassDeclaration(node)) {
    const constructors = node.getConstructors().filter(isPublic);
    const promised = node.getImplements().flatMap((each) => each.getType().getProperties());
    return [
      ...(constructors.length > 0 ? [memberOf("constructor", constructors, false)] : []),
      ...membersIn(node.getSymbolOrThrow().getTypeAtLocation(node).getProperties()),
      ...membersIn(node.getType().getProperties()).map((member) => toldBy(member, promised)),
    ];
  }
  if (!Node.isInterfaceDeclaration(node) && !Node.isTypeAliasDeclaration(node)) return [];
  const type = node.getType();
  const parts = type.isUnion() ? type.getUnionTypes() : [type];
  return [...callsOf(type), ...membersIn(parts.flatMap((part) => part.getProperties()))];
}

/** What is called or constructed, as a function or a class is. */
function callsOf(type: Type): ApiMember[] {
  return [
    { name: "new", all: type.getConstructSignatures() },
    { name: "()", all: type.getCallSignatures() },
  ].flatMap(({ name, all }) => {
    const declarations = all.map((each) => each.getDeclaration()).filter(isOwn);
    return declarations.length > 0 ? [memberOf(name, declarations, false)] : [];
  });
}

function membersIn(symbols: readonly TypeSymbol[]): ApiMember[] {
  const members = symbols.flatMap((symbol) => {
    const declarations = symbol.getDeclarations().filter((node) => isOwn(node) && isPublic(node));
    return declarations.length > 0
      ? [memberOf(symbol.getName(), declarations, symbol.isOptional())]
      : [];
  });
  return [...new Map(members.map((member) => [member.name, member])).values()];
}

/** Without a docstring, a member of a class has that of the interface which the class implements. */
function toldBy(member: ApiMember, promised: readonly TypeSymbol[]): ApiMember {
  const told = promised.find((symbol) => symbol.getName() === member.name)?.getDeclarations();
  const isSilent = member.docs.text === "" && member.docs.tags.length === 0;
  return isSilent && told !== undefined ? { ...member, docs: docsOf(told) } : member;
}

/** In a file that is the package's own, not the compiler's. */
function isOwn(node: Node): boolean {
  const program = node.getProject().getProgram().compilerObject;
  return !program.isSourceFileDefaultLibrary(node.getSourceFile().compilerNode);
}

function memberOf(name: string, declarations: readonly Node[], isOptional: boolean): ApiMember {
  return {
    name: name.replace(/^__@(\w+?)(@\d+)?$/, "[Symbol.$1]"),
    signature: declarations.map(memberSignature).join("; "),
    isOptional,
    docs: docsOf(declarations),
  };
}

function byName(one: { name: string }, other: { name: string }): number {
  return one.name < other.name ? -1 : 1;
}
