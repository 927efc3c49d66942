import { PodState } from './model';
import { Style } from '../cli/terminal';

/** What trees and pods are drawn with; every entry is as wide as its counterpart in the other set. */
export interface Symbols {
  readonly branch: string;
  readonly lastBranch: string;
  readonly trunk: string;
  readonly ellipsis: string;
  readonly pods: Readonly<Record<PodState, string>>;
  readonly freeNode: string;
  readonly closedNode: string;
}

const UNICODE: Symbols = {
  branch: '├─ ',
  lastBranch: '└─ ',
  trunk: '│  ',
  ellipsis: '…',
  pods: { unplaced: '·', blocked: '○', starting: '◐', ready: '●', stopping: '◌', failed: '✗' },
  freeNode: '·',
  closedNode: '×',
};

const ASCII: Symbols = {
  branch: '|- ',
  lastBranch: '`- ',
  trunk: '|  ',
  ellipsis: '~',
  pods: { unplaced: '.', blocked: 'o', starting: '+', ready: '#', stopping: '-', failed: '!' },
  freeNode: '.',
  closedNode: 'x',
};

export const STYLES: Readonly<Record<PodState, Style>> = {
  unplaced: 'red', blocked: 'cyan', starting: 'yellow', ready: 'green', stopping: 'dim', failed: 'red',
};

/** What people read for each state. */
export const WORDS: Readonly<Record<PodState, string>> = {
  unplaced: 'without a node', blocked: 'waiting', starting: 'starting', ready: 'ready', stopping: 'stopping', failed: 'failed',
};

/** Line drawing where the locale says that the terminal knows UTF-8, letters elsewhere. */
export function symbolsFor(environment: NodeJS.ProcessEnv, platform: NodeJS.Platform = process.platform): Symbols {
  const locale = environment.LC_ALL || environment.LC_CTYPE || environment.LANG || '';
  return platform === 'win32' || /utf-?8/i.test(locale) ? UNICODE : ASCII;
}
