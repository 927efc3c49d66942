import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as ts from 'typescript';
import { DocComment, parseDocComment } from './doc-comment';

/** An interface or a type alias of the API, with its doc comment. */
export interface Declaration<Node extends ts.Node = ts.InterfaceDeclaration | ts.TypeAliasDeclaration> {
  readonly name: string;
  readonly node: Node;
  readonly doc: DocComment;
}

export type Declarations = ReadonlyMap<string, Declaration>;

/** Every interface and type alias in the TypeScript files of a folder. Their names are unique, so that files do not matter. */
export function readDeclarations(folder: string): Declarations {
  const declarations = new Map<string, Declaration>();
  for (const file of readdirSync(folder).filter(name => name.endsWith('.ts')).sort()) {
    const source = ts.createSourceFile(file, readFileSync(join(folder, file), 'utf8'), ts.ScriptTarget.ES2022, true);
    for (const node of source.statements) {
      if (!ts.isInterfaceDeclaration(node) && !ts.isTypeAliasDeclaration(node)) continue;
      const name = node.name.text;
      if (declarations.has(name)) throw new Error(`${name} is declared twice in ${folder}`);
      declarations.set(name, { name, node, doc: docComment(node) });
    }
  }
  return declarations;
}

/** The properties of an interface, those that it inherits first. */
export function properties(declaration: Declaration, declarations: Declarations): ts.PropertySignature[] {
  const { node } = declaration;
  if (!ts.isInterfaceDeclaration(node)) throw new Error(`${declaration.name} is not an interface`);
  const parents = (node.heritageClauses ?? []).flatMap(clause => clause.types).map(type => find(type.expression.getText(), declarations));
  return [...parents.flatMap(parent => properties(parent, declarations)), ...node.members.filter(ts.isPropertySignature)];
}

export function find(name: string, declarations: Declarations): Declaration {
  const declaration = declarations.get(name);
  if (!declaration) throw new Error(`${name} is not declared in the API`);
  return declaration;
}

/** The doc comment that stands right before a node; empty without one. */
export function docComment(node: ts.Node): DocComment {
  const comment = ts.getJSDocCommentsAndTags(node).findLast(ts.isJSDoc);
  return parseDocComment(comment?.getText() ?? '');
}
