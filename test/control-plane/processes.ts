import { ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const START_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 10_000;
const POLL_MS = 25;

/**
 * Programs that run until they are stopped, in a folder of their own with their logs. A watchdog process kills them and removes the
 * folder when this process ends, in whatever way: it learns of it by the end of a pipe.
 */
export class Processes {
  readonly folder: string;
  private readonly watchdog: ChildProcess;
  private readonly running: Running[] = [];
  private stopping = false;

  constructor(name: string) {
    this.folder = realpathSync(mkdtempSync(path.join(tmpdir(), `${name}-`)));
    this.watchdog = spawn('sh', [path.join(__dirname, 'watchdog.sh'), this.folder], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
    this.watchdog.unref();
    (this.watchdog.stdin as unknown as { unref(): void }).unref();
  }

  /** The path of a file in the folder. */
  file(name: string): string {
    return path.join(this.folder, name);
  }

  /** Starts a program; its output goes to `<name>.log`. The folder must be named in the arguments, see watchdog.sh. */
  start(name: string, program: string, args: readonly string[]): Running {
    const logFile = this.file(`${name}.log`);
    const log = openSync(logFile, 'a');
    const child = spawn(program, args, { detached: true, stdio: ['ignore', log, log] });
    closeSync(log);
    const started = new Running(name, child, logFile);
    if (child.pid !== undefined) this.watchdog.stdin!.write(`${child.pid}\n`);
    child.unref();
    child.once('exit', () => this.keepAfterEarlyEnd(started));
    this.running.push(started);
    return started;
  }

  /** What the watchdog shall do after the last process is gone, before it removes the folder. */
  onEnd(script: string): void {
    writeFileSync(this.file('cleanup.sh'), script);
  }

  /** Keeps the folder with the logs when everything ends. */
  keep(): void {
    writeFileSync(this.file('keep'), '');
  }

  /** Stops the programs, the last started first, and cleans up. */
  async stop(): Promise<void> {
    this.stopping = true;
    for (const started of [...this.running].reverse()) await started.stop();
    const ended = new Promise<void>((resolve) => { this.watchdog.once('close', () => resolve()); });
    this.watchdog.stdin!.end();
    this.watchdog.ref();
    await ended;
  }

  /** None of the programs ends of itself, so what its logs say is wanted. */
  private keepAfterEarlyEnd({ name, logFile }: Running): void {
    if (this.stopping) return;
    this.keep();
    process.stderr.write(`${name} has ended before it was stopped; its log stays in ${logFile}\n`);
  }
}

/** One running program. */
export class Running {
  private ended?: string;

  constructor(readonly name: string, private readonly child: ChildProcess, readonly logFile: string) {
    child.on('error', (error) => { this.ended = error.message; });
    child.on('exit', (code, signal) => { this.ended = signal ?? `exit code ${code}`; });
  }

  get pid(): number {
    return this.child.pid!;
  }

  /**
   * Polls until the condition holds; an error thrown by it means "not yet".
   * @throws Error with the last lines of the log when the program has ended, or when a minute has passed
   */
  async until(condition: () => Promise<boolean>): Promise<void> {
    const giveUpMs = Date.now() + START_LIMIT_MS;
    let last: unknown = 'the condition does not hold';
    for (;;) {
      if (await condition().catch((error: unknown) => { last = error; return false; })) return;
      if (this.ended !== undefined) throw this.failure(`ended early (${this.ended})`);
      if (Date.now() > giveUpMs) throw this.failure(`is not ready after ${START_LIMIT_MS / 1000} s (${last})`);
      await delay(POLL_MS);
    }
  }

  /** SIGTERM, then SIGKILL for what does not end. */
  async stop(): Promise<void> {
    for (const [signal, limitMs] of [['SIGTERM', STOP_LIMIT_MS], ['SIGKILL', STOP_LIMIT_MS]] as const) {
      if (this.ended !== undefined) return;
      this.child.kill(signal);
      const giveUpMs = Date.now() + limitMs;
      while (this.ended === undefined && Date.now() < giveUpMs) await delay(POLL_MS);
    }
  }

  private failure(what: string): Error {
    const lines = readFileSync(this.logFile, 'utf8').trimEnd().split('\n').slice(-15);
    return new Error(`${this.name} ${what}. The end of ${this.logFile}:\n${lines.join('\n')}`);
  }
}
