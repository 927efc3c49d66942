import { busyView } from './views';
import { screenFor } from '../../../controller/src/demo/screen';

const ESCAPE = '\u001b';

function recorder(traits: object = {}) {
  const written: string[] = [];
  return { written, write: (text: string) => { written.push(text); }, ...traits };
}

const terminal = () => recorder({ isTTY: true, columns: 60, rows: 20 });

test('a terminal gets one write a frame, each line cleared to its end, and is given back with its cursor, once', () => {
  const sink = terminal();
  const screen = screenFor(sink, { LANG: 'C.UTF-8', TERM: 'xterm' });
  screen.say('caption', [], 0);
  screen.update(busyView(), 100);
  expect(sink.written).toHaveLength(2);
  expect(sink.written[0]!.startsWith(`${ESCAPE}[?1049h${ESCAPE}[?25l`)).toBe(true);
  expect(sink.written[1]).not.toContain('[?1049h');
  for (const line of sink.written[1]!.split('\r\n')) expect(line).toContain(`${ESCAPE}[K`);
  screen.close();
  screen.close();
  expect(sink.written.slice(2)).toEqual([`${ESCAPE}[?25h${ESCAPE}[?1049l`]);
});

test('at the end the last tree and the summary stay on the terminal', () => {
  const sink = terminal();
  const screen = screenFor(sink, { LANG: 'C.UTF-8', TERM: 'xterm' });
  screen.update(busyView(), 100);
  screen.end([[{ text: 'all is well' }]]);
  expect(sink.written.at(-2)).toContain('[?1049l');
  expect(sink.written.at(-1)).toMatch(/gang .*\n\nall is well\n$/s);
});

test('a window that changes its size gets frames of the new size', () => {
  const sink = { ...terminal(), columns: 60 };
  const screen = screenFor(sink, { TERM: 'xterm' });
  screen.update(busyView(), 100);
  sink.columns = 30;
  screen.update(busyView(), 200);
  // eslint-disable-next-line no-control-regex
  const lines = sink.written[1]!.replace(/\u001b\[[?\d]*[a-zA-Z]/g, '').split('\r\n');
  expect(Math.max(...lines.map(line => line.length))).toBe(30);
});

test.each([
  ['a file', recorder(), {}],
  ['NO_COLOR', terminal(), { NO_COLOR: '1' }],
  ['a dumb terminal', terminal(), { TERM: 'dumb' }],
])('%s gets a line for each change and no escape codes', (_what, sink, environment) => {
  const screen = screenFor(sink, environment);
  screen.say('caption', ['kubectl get pods'], 0);
  screen.update(busyView(), 1_000);
  screen.update(busyView(), 2_000);
  screen.end([[{ text: 'all is well', style: 'bold' }]]);
  screen.close();
  const text = sink.written.join('');
  expect(text).not.toContain(ESCAPE);
  expect(text.split('\n').slice(0, 3)).toEqual(['  0.0 s  # caption', '  0.0 s  $ kubectl get pods', '  1.0 s  llm-0-prefill: pod 0 ready (1 of 2)']);
  expect(text).not.toContain('  2.0 s');
  expect(text.endsWith('\n\nall is well\n')).toBe(true);
});
