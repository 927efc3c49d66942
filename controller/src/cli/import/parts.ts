import { Expression, Source } from './source';

export const KPLUS = 'cdk8s-plus-28';

/** JSON of a manifest. */
export type Fields = Readonly<Record<string, unknown>>;

/** What the typed properties say of some fields, and what is left for `podSpecPatch`. */
export interface Part {
  readonly props?: Fields;
  readonly rest?: Fields;
}

/** Where the parts of a pod write to. */
export interface PodWriter {
  readonly source: Source;
  /** Fields that come out with a value that Kubernetes implies, or with another spelling of the same quantity. */
  readonly writtenOut: Set<string>;
}

/** All parts together; undefined values count as absent. */
export function joined(parts: readonly Part[]): { readonly props: Fields; readonly rest: Fields } {
  const join = (which: (part: Part) => Fields | undefined) =>
    Object.fromEntries(parts.flatMap(part => Object.entries(which(part) ?? {})).filter(([, value]) => value !== undefined));
  return { props: join(({ props }) => props), rest: join(({ rest }) => rest) };
}

/** The object, or undefined if there is nothing in it. */
export function unlessEmpty<T extends object>(object: T): T | undefined {
  return Object.values(object).some(value => value !== undefined) ? object : undefined;
}

/** A member of one of cdk8s-plus's classes, by the word that manifests have for it; undefined for a word that it does not know. */
export function member({ source }: PodWriter, className: string, members: Readonly<Record<string, string>>, word: unknown): Expression | undefined {
  const name = typeof word === 'string' && Object.hasOwn(members, word) ? members[word] : undefined;
  return name === undefined ? undefined : new Expression(`${source.use(KPLUS, className)}.${name}`);
}

export function seconds({ source }: Pick<PodWriter, 'source'>, count: number): Expression {
  const duration = source.use('cdk8s', 'Duration');
  if (count > 0 && count % 3600 === 0) return new Expression(`${duration}.hours(${count / 3600})`);
  return new Expression(count > 0 && count % 60 === 0 ? `${duration}.minutes(${count / 60})` : `${duration}.seconds(${count})`);
}

/** An amount of memory or storage that is a whole number of mebibytes or gibibytes. */
export function size({ source }: PodWriter, text: unknown): { readonly expression: Expression; readonly mebibytes: number } | undefined {
  const [, count, unit] = /^(\d{1,9})(Mi|Gi)$/.exec(String(text)) ?? [];
  if (count === undefined) return undefined;
  const word = source.use('cdk8s', 'Size');
  const mebibytes = Number(count) * (unit === 'Gi' ? 1024 : 1);
  return { expression: new Expression(mebibytes % 1024 === 0 ? `${word}.gibibytes(${mebibytes / 1024})` : `${word}.mebibytes(${mebibytes})`), mebibytes };
}
