import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** Runs `work` while no other process runs under the same lock; see {@link acquireLock}. */
export async function withLock<T>(file: string, work: () => Promise<T>, onWait?: () => void): Promise<T> {
  const release = await acquireLock(file, onWait);
  try {
    return await work();
  } finally {
    release();
  }
}

/**
 * Waits until no living process holds the lock, a file with the holder's process number, and takes it.
 * @param onWait called once when another process holds the lock
 * @returns gives the lock back
 */
export async function acquireLock(file: string, onWait: () => void = () => {}): Promise<() => void> {
  let told = false;
  while (!tryLock(file)) {
    if (!told) onWait();
    told = true;
    await delay(200);
  }
  return () => rmSync(file, { force: true });
}

/** The link makes the lock appear together with its content. */
function tryLock(file: string): boolean {
  const own = `${file}.${process.pid}`;
  writeFileSync(own, String(process.pid));
  try {
    linkSync(own, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    if (holderIsGone(file)) rmSync(file, { force: true });
    return false;
  } finally {
    rmSync(own, { force: true });
  }
}

function holderIsGone(file: string): boolean {
  try {
    process.kill(Number(readFileSync(file, 'utf8')), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
