import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = join(__dirname, '..', '..', '..', 'shared', 'golden');

/** Recorded data that lies beside the project; undefined, with a line that says so, where it does not. */
export function golden<T>(file: string): T | undefined {
  const path = join(FOLDER, file);
  if (existsSync(path)) return JSON.parse(readFileSync(path, 'utf8')) as T;
  process.stderr.write(`skipped: ../shared/golden/${file} is not there\n`);
  return undefined;
}
