import * as ts from 'typescript';
import { Declaration, Declarations, docComment, find, properties } from './declarations';
import { DocComment, tagColumns, tagText, tagTexts } from './doc-comment';

/** A structural schema of a CustomResourceDefinition. */
export interface Schema {
  readonly description?: string;
  readonly type?: string;
  readonly format?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly additionalProperties?: Schema;
  readonly [keyword: string]: unknown;
}

export interface SchemaContext {
  readonly declarations: Declarations;
  /** The schema that `@schema <name>` stands for. */
  readonly foreign: (name: string) => Schema;
}

/** What the keywords of JSON Schema are called here as tags, with their types. */
const CONSTRAINTS = {
  format: String,
  pattern: String,
  minimum: Number,
  maximum: Number,
  minLength: Number,
  maxLength: Number,
  minItems: Number,
  maxItems: Number,
};

const PRIMITIVES: ReadonlyMap<ts.SyntaxKind, Schema> = new Map<ts.SyntaxKind, Schema>([
  [ts.SyntaxKind.StringKeyword, { type: 'string' }],
  [ts.SyntaxKind.BooleanKeyword, { type: 'boolean' }],
  [ts.SyntaxKind.NumberKeyword, { type: 'number', format: 'double' }],
]);

/** The schema of an interface: its fields, its CEL rules, and what its other tags say. */
function interfaceSchema(declaration: Declaration, context: SchemaContext): Schema {
  const foreign = tagText(declaration.doc, 'schema');
  if (foreign !== undefined) return { ...context.foreign(foreign), ...described(declaration.doc) };
  const fields = properties(declaration, context.declarations);
  const required = fields.filter(field => !field.questionToken).map(field => field.name.getText());
  return {
    ...described(declaration.doc),
    type: 'object',
    properties: Object.fromEntries(fields.map(field => [field.name.getText(), fieldSchema(field, declaration, context)])),
    ...(required.length > 0 ? { required } : {}),
    ...celRules(declaration.doc),
  };
}

/** The schema of a field; what the field's comment says wins over what its type's does. */
export function fieldSchema(field: ts.PropertySignature, owner: Declaration, context: SchemaContext): Schema {
  const doc = docComment(field);
  const name = `${owner.name}.${field.name.getText()}`;
  if (doc.description === '') throw new Error(`${name} has no doc comment: it is the description that \`kubectl explain\` shows`);
  if (!field.type) throw new Error(`${name} has no type`);
  return { ...typeSchema(field.type, name, context), ...described(doc), ...constraints(doc) };
}

function typeSchema(type: ts.TypeNode, where: string, context: SchemaContext): Schema {
  const primitive = PRIMITIVES.get(type.kind);
  if (primitive) return primitive;
  if (ts.isTypeOperatorNode(type)) return typeSchema(type.type, where, context);
  if (ts.isArrayTypeNode(type)) return { type: 'array', items: typeSchema(type.elementType, where, context) };
  if (ts.isUnionTypeNode(type)) return { type: 'string', enum: type.types.map(member => literal(member, where)) };
  if (ts.isTypeReferenceNode(type)) return referenceSchema(type, where, context);
  throw new Error(`${where}: the generator does not know what ${type.getText()} is in a schema`);
}

function referenceSchema(type: ts.TypeReferenceNode, where: string, context: SchemaContext): Schema {
  const name = type.typeName.getText();
  if (name === 'Readonly') return typeSchema(type.typeArguments![0], where, context);
  if (name === 'Record') return { type: 'object', additionalProperties: typeSchema(type.typeArguments![1], where, context) };
  const declaration = find(name, context.declarations);
  if (ts.isInterfaceDeclaration(declaration.node)) return interfaceSchema(declaration, context);
  const schema = typeSchema(declaration.node.type, where, context);
  return { ...(isInteger(declaration) ? { type: 'integer' } : schema), ...constraints(declaration.doc) };
}

function isInteger(declaration: Declaration): boolean {
  return /^int\d+$/.test(tagText(declaration.doc, 'format') ?? '');
}

function literal(type: ts.TypeNode, where: string): string {
  if (ts.isLiteralTypeNode(type) && ts.isStringLiteral(type.literal)) return type.literal.text;
  throw new Error(`${where}: only strings may be alternatives, not ${type.getText()}`);
}

function described(doc: DocComment): Schema {
  return doc.description === '' ? {} : { description: doc.description };
}

function constraints(doc: DocComment): Schema {
  const bounds = Object.entries(CONSTRAINTS).flatMap(([keyword, convert]) => {
    const text = tagText(doc, keyword);
    return text === undefined ? [] : [[keyword, convert(text)]];
  });
  const value = tagText(doc, 'default');
  const listType = tagText(doc, 'listType');
  const mapKeys = tagTexts(doc, 'listMapKey');
  return {
    ...Object.fromEntries(bounds),
    ...(value === undefined ? {} : { default: JSON.parse(value) as unknown }),
    ...(listType === undefined ? {} : { 'x-kubernetes-list-type': listType }),
    ...(mapKeys.length === 0 ? {} : { 'x-kubernetes-list-map-keys': mapKeys }),
  };
}

/** The rules of `@cel rule | message | fieldPath | reason | optionalOldSelf`; the last three may be left out. */
export function celRules(doc: DocComment): Schema {
  const rules = tagTexts(doc, 'cel').map(text => {
    const [rule, message, fieldPath, reason, optionalOldSelf] = tagColumns(text);
    return {
      rule,
      message,
      ...(fieldPath ? { fieldPath } : {}),
      ...(reason ? { reason } : {}),
      ...(optionalOldSelf === 'optionalOldSelf' ? { optionalOldSelf: true } : {}),
    };
  });
  return rules.length === 0 ? {} : { 'x-kubernetes-validations': rules };
}

/** The same schema without its descriptions. */
export function withoutDescriptions({ description: _, ...schema }: Schema): Schema {
  const { properties: fields, items, additionalProperties } = schema;
  return {
    ...schema,
    ...(fields ? { properties: Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, withoutDescriptions(field)])) } : {}),
    ...(items ? { items: withoutDescriptions(items) } : {}),
    ...(additionalProperties ? { additionalProperties: withoutDescriptions(additionalProperties) } : {}),
  };
}
