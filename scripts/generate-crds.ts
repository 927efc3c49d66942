import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { crdFiles, shapesFile } from './crds/files';

const root = join(__dirname, '..');
const files = crdFiles();
rmSync(join(root, 'crds'), { recursive: true, force: true });
for (const { path, text } of files) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}
const shapes = shapesFile(files);
writeFileSync(join(root, shapes.path), shapes.text);
process.stdout.write(`${files.length} files written to crds/, and ${shapes.path}\n`);
