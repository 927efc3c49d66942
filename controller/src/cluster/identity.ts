import { Random } from '../kube/backoff';

/** The letters of generated names: no vowels, so that no words come out, and nothing that looks like something else. */
const SUFFIX_LETTERS = 'bcdfghjklmnpqrstvwxz2456789';
const SUFFIX_LENGTH = 5;
const LONGEST_PREFIX = 63 - SUFFIX_LENGTH;

/** A name that begins with the prefix and is most probably new. */
export function generatedName(prefix: string, random: Random): string {
  return prefix.slice(0, LONGEST_PREFIX) + letters(SUFFIX_LENGTH, SUFFIX_LETTERS, random);
}

/** A version 4 uuid. */
export function uuid(random: Random): string {
  const hex = letters(32, '0123456789abcdef', random);
  const variant = '89ab'[Math.floor(random() * 4)];
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
}

/** Wall-clock time as Kubernetes writes it in metadata and conditions: whole seconds. */
export function timestamp(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}

function letters(length: number, alphabet: string, random: Random): string {
  let text = '';
  for (let index = 0; index < length; index++) text += alphabet[Math.floor(random() * alphabet.length)];
  return text;
}
