import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { crdFiles, shapesFile } from './crds/files';
import { kustomizeFile } from './gitops/kustomize';

const root = join(__dirname, '..');
const files = crdFiles();
rmSync(join(root, 'crds'), { recursive: true, force: true });
for (const { path, text } of files) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}
const derived = [shapesFile(files), kustomizeFile(files)];
for (const { path, text } of derived) writeFileSync(join(root, path), text);
process.stdout.write(`${files.length} files written to crds/, and ${derived.map(({ path }) => path).join(', ')}\n`);
