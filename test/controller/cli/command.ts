import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommandLine } from '../../../controller/src/cli/program';

/** Runs a command line as the shell would, and keeps what it writes. */
export async function grove(...words: string[]): Promise<{ code: number; out: string; err: string }> {
  const written = { out: '', err: '' };
  const sink = (name: 'out' | 'err') => ({ write: (text: string) => { written[name] += text; } });
  const code = await runCommandLine(words, { out: sink('out'), err: sink('err') });
  return { code, ...written };
}

/** A file in a folder of its own; objects are written as a stream of JSON documents, which is YAML. */
export function file(...documents: (string | object)[]): string {
  const path = join(mkdtempSync(join(tmpdir(), 'grove-')), 'manifest.yaml');
  writeFileSync(path, documents.map(document => (typeof document === 'string' ? document : `${JSON.stringify(document)}\n`)).join('---\n'));
  return path;
}
