import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as ts from 'typescript';

const ROOT = resolve(__dirname, '../..');

/** What the compiler has against a piece of code that stands in the root of the project. */
export function complaints(code: string): string[] {
  const file = join(ROOT, 'documented-example.ts');
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.check.json'), path => readFileSync(path, 'utf8'));
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: [file] }, ts.sys, ROOT);
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.fileExists = path => path === file || fileExists(path);
  host.getSourceFile = (path, version) => (path === file ? ts.createSourceFile(path, code, version, true) : getSourceFile(path, version));
  const program = ts.createProgram([file], options, host);
  return ts.getPreEmitDiagnostics(program, program.getSourceFile(file)).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}
