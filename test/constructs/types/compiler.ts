import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as ts from 'typescript';

const ROOT = resolve(__dirname, '../../..');

/** What the compiler has against each of some programs, by their names; all are compiled at once, each a file of its own in the project's root. */
export function complaints(programs: Readonly<Record<string, string>>): Record<string, string[]> {
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.check.json'), path => readFileSync(path, 'utf8'));
  const files = new Map(Object.keys(programs).map((name, index) => [join(ROOT, `program-${index}.ts`), name]));
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: [...files.keys()] }, ts.sys, ROOT);
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.fileExists = path => files.has(path) || fileExists(path);
  host.getSourceFile = (path, version) => {
    const name = files.get(path);
    return name === undefined ? getSourceFile(path, version) : ts.createSourceFile(path, programs[name]!, version, true);
  };
  const program = ts.createProgram([...files.keys()], options, host);
  return Object.fromEntries([...files].map(([path, name]) => {
    const source = program.getSourceFile(path)!;
    const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    return [name, found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))];
  }));
}
