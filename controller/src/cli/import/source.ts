/** TypeScript that stands for a value, among values that are written as they are. */
export class Expression {
  constructor(public readonly text: string) {}
}

const WIDTH = 140;
const RESERVED = new Set([
  'app', 'chart', 'arguments', 'await', 'break', 'case', 'catch', 'class', 'const', 'continue', 'debugger', 'default', 'delete', 'do', 'else', 'enum', 'eval',
  'export', 'extends', 'false', 'finally', 'for', 'function', 'if', 'implements', 'import', 'in', 'instanceof', 'interface', 'let', 'new', 'null', 'package',
  'private', 'protected', 'public', 'return', 'static', 'super', 'switch', 'this', 'throw', 'true', 'try', 'typeof', 'undefined', 'var', 'void', 'while', 'with',
  'yield',
]);

/** A TypeScript program that grows statement by statement. */
export class Source {
  private readonly imports = new Map<string, Set<string>>();
  private readonly statements: string[] = [];
  private readonly names = new Set<string>();
  private readonly sharedVariables = new Map<string, string>();

  /** Imports a name and gives it back as code. */
  public use(module: string, name: string): string {
    this.imports.set(module, (this.imports.get(module) ?? new Set()).add(name));
    return name;
  }

  /** A variable's name that nothing else has, made from what it stands for. */
  public variable(word: string): string {
    const camel = word.replace(/[^A-Za-z0-9]+(.)?/g, (_, next: string | undefined) => (next ?? '').toUpperCase());
    const base = /^[a-z]/.test(camel) ? camel : `its${camel.charAt(0).toUpperCase()}${camel.slice(1)}`;
    let name = base;
    for (let number = 2; this.names.has(name) || RESERVED.has(name); number += 1) name = `${base}${number}`;
    this.names.add(name);
    return name;
  }

  /**
   * The variable of something that several statements refer to, made where it is needed first.
   * @param word what to call it
   * @param make the code that makes it, of the literal of a construct's id
   * @param key tells things of the same name apart
   */
  public shared(word: string, make: (id: string) => string, key: string = word): string {
    const known = this.sharedVariables.get(`${word} ${key}`);
    if (known !== undefined) return known;
    const variable = this.variable(word);
    const code = make(literal(variable));
    this.sharedVariables.set(`${word} ${key}`, variable);
    this.add(`const ${variable} = ${code};`);
    return variable;
  }

  public add(...statements: string[]): void {
    this.statements.push(...statements);
  }

  public toString(): string {
    const lines = [...this.imports].sort(([a], [b]) => (a < b ? -1 : 1)).map(([module, names]) => `import { ${[...names].sort().join(', ')} } from '${module}';\n`);
    return `${lines.join('')}\n${this.statements.map(statement => `${statement}\n`).join('')}`;
  }
}

/** A JSON value as TypeScript, on one line where it fits. What is undefined in an object is left out. */
export function literal(value: unknown, indent = 0): string {
  if (value instanceof Expression) return value.text.replace(/\n/g, `\n${' '.repeat(indent)}`);
  if (typeof value === 'string') return quoted(value);
  if (typeof value !== 'object' || value === null) return String(value);
  const inner = indent + 2;
  const parts = Array.isArray(value)
    ? value.map(element => literal(element, inner))
    : Object.entries(value).filter(([, content]) => content !== undefined).map(([key, content]) => `${keyOf(key)}: ${literal(content, inner)}`);
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  if (parts.length === 0) return `${open}${close}`;
  const line = Array.isArray(value) ? `[${parts.join(', ')}]` : `{ ${parts.join(', ')} }`;
  if (!line.includes('\n') && line.length + indent <= WIDTH - 20) return line;
  return `${open}\n${parts.map(part => `${' '.repeat(inner)}${part},\n`).join('')}${' '.repeat(indent)}${close}`;
}

function quoted(text: string): string {
  return `'${JSON.stringify(text).slice(1, -1).replace(/\\"/g, '"').replace(/'/g, '\\\'').replace(/\u2028/g, '\\u2028').replace(/\u2029/g, '\\u2029')}'`;
}

/** In a literal, a plain `__proto__` would be the prototype. */
function keyOf(key: string): string {
  if (key === '__proto__') return '[\'__proto__\']';
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : quoted(key);
}
