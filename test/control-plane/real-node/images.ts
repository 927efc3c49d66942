import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';

/** A container image without a registry: everything that busybox can do, under the names by which tests and the start-up gate ask for it. */
export const BUSYBOX_IMAGE = 'docker.io/local/busybox:1';

const IMAGES = [
  { names: [BUSYBOX_IMAGE, 'docker.io/library/busybox:1.37'], command: ['sh'] },
  { names: ['docker.io/local/pause:1'], command: ['/bin/sleep', '2147483647'] },
];

/** Packs the images into one archive, as `docker save` does it, from the machine's statically linked busybox. Returns its path. */
export function packImages(folder: string): string {
  const archive = path.join(folder, 'images');
  mkdirSync(path.join(archive, 'layer'), { recursive: true });
  const layerHash = packLayer(path.join(folder, 'root'), path.join(archive, 'layer.tar'));
  renameSync(path.join(archive, 'layer.tar'), path.join(archive, 'layer', 'layer.tar'));
  const manifest = IMAGES.map(({ names, command }) => {
    const config = JSON.stringify({
      architecture: { x64: 'amd64' }[process.arch as string] ?? process.arch,
      os: 'linux',
      config: { Cmd: command, Env: ['PATH=/bin'] },
      rootfs: { type: 'layers', diff_ids: [`sha256:${layerHash}`] },
    });
    const file = `${sha256(Buffer.from(config))}.json`;
    writeFileSync(path.join(archive, file), config);
    return { Config: file, RepoTags: names, Layers: ['layer/layer.tar'] };
  });
  writeFileSync(path.join(archive, 'manifest.json'), JSON.stringify(manifest));
  const packed = path.join(folder, 'images.tar');
  execFileSync('tar', ['-C', archive, '-cf', packed, 'manifest.json', ...manifest.map(({ Config }) => Config), 'layer']);
  return packed;
}

/** The one layer: busybox, and a link for each of its programs. Returns the hash of the layer. */
function packLayer(root: string, layer: string): string {
  for (const name of ['bin', 'tmp', 'etc', 'var']) mkdirSync(path.join(root, name), { recursive: true, mode: name === 'tmp' ? 0o1777 : 0o755 });
  const busybox = path.join(root, 'bin', 'busybox');
  copyFileSync('/bin/busybox', busybox);
  for (const program of execFileSync(busybox, ['--list'], { encoding: 'utf8' }).trim().split('\n')) {
    if (program !== 'busybox') symlinkSync('busybox', path.join(root, 'bin', program));
  }
  execFileSync('tar', ['-C', root, '--owner=0', '--group=0', '-cf', layer, 'bin', 'tmp', 'etc', 'var']);
  return sha256(readFileSync(layer));
}

function sha256(data: Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}
