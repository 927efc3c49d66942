import { busyView, clique, gang, view } from './views';
import { FrameOptions, Picture, frameLines } from '../../../controller/src/demo/frame';
import { toText, wrapped } from '../../../controller/src/demo/lines';
import { ClusterView } from '../../../controller/src/demo/model';
import { symbolsFor } from '../../../controller/src/demo/symbols';

const SYMBOLS = symbolsFor({ LANG: 'en_US.UTF-8' }, 'linux');

function frame(of: ClusterView, { width = 80, height = 24, symbols = SYMBOLS }: Partial<FrameOptions> = {}, picture: Partial<Picture> = {}): string[] {
  const lines = frameLines({ view: of, caption: 'What happens.', commands: ['kubectl get pods'], elapsedMs: 1_234, ...picture }, { width, height, symbols });
  return lines.map(line => toText(line, width, (_style, text) => text, symbols.ellipsis).trimEnd());
}

test('with room for it, every pod is shown with its node, its state, and what it waits for', () => {
  expect(frame(busyView())).toEqual([
    'What happens.                                                              1.2 s',
    '$ kubectl get pods',
    '',
    'llm                     1 of 5 pods ready',
    '├─ gang llm-0           Starting  rack-0.0',
    '│  ├─ prefill           1 of 2 ready, 1 starting',
    '│  │     ● 0 rack-0-node-00    ◐ 1 rack-0-node-01',
    '│  └─ router            0 of 1 ready, 1 waiting for prefill, decode',
    '│        ○ 0 rack-0-node-00',
    '└─ gang llm-0-decode-0  Pending',
    '   │    llm-0 needs 32 nvidia.com/gpu in one nvidia.com/gpu.clique; best is',
    '   │    rack-1.0 with 28 nvidia.com/gpu free',
    '   └─ decode-1-worker   0 of 2 ready, 2 without a node',
    '         · 0                   · 1',
    '',
    'rack-0.0  p · ×  4 GPUs free',
    '· without a node  ○ waiting  ◐ starting  ● ready  × node closed',
  ]);
});

test('with less room a pod is one sign, then complete gangs are one line, then the last line counts what is missing', () => {
  const done = view([gang('Running', [clique('prefill', ['ready', 'ready']), clique('decode', ['ready'])])]);
  expect(frame(busyView(), { height: 16 }).slice(5, 7)).toEqual([
    '│  ├─ prefill           1 of 2 ready, 1 starting          ●◐',
    '│  └─ router            0 of 1 ready, 1 waiting for prefill, decode ○',
  ]);
  expect(frame(done, { height: 8 }).slice(3, 5)).toEqual(['llm                   3 of 3 pods ready', '└─ gang llm-0         Running   3 pods on rack-0.0']);
  expect(frame(busyView(), { height: 6 }).slice(-1)).toEqual(['… 9 more lines']);
});

test.each([[20, 5], [33, 10], [80, 24], [140, 45], [1, 1]])('nothing is wider than %i columns or higher than %i rows', (width, height) => {
  const lines = frame(busyView(), { width, height });
  expect(lines.length).toBeLessThanOrEqual(height);
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(width);
});

test('a terminal that does not say it knows UTF-8 gets letters only', () => {
  const ascii = frame(busyView(), { symbols: symbolsFor({ LANG: 'C' }, 'linux') });
  expect(ascii.join('\n')).toMatch(/^[\n -~]*$/);
  expect(ascii[6]).toBe('|  |     # 0 rack-0-node-00    + 1 rack-0-node-01');
});

test('a cut line ends with a sign for it, and styles do not count as width', () => {
  expect(toText([{ text: 'abc', style: 'red' }, { text: 'defg' }], 5, (style, text) => `<${style}>${text}</>`)).toBe('<red>abc</>d…');
  expect(wrapped('one two three', 7)).toEqual(['one two', 'three']);
});
