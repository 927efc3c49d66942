import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { sha256 } from '../../src/core';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

test('sha256 of the empty text', () => {
  expect(hex(sha256(''))).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
});

test('sha256 is the platform’s for any text', () => {
  fc.assert(fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), text => {
    expect(hex(sha256(text))).toBe(createHash('sha256').update(text, 'utf8').digest('hex'));
  }));
});
