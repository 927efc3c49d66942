import { Environment, Optional } from '@marcbachmann/cel-js';
import { asCel } from './cel';
import type { Schema } from '../../scripts/crds/schema';

interface Rule {
  readonly rule: string;
  readonly fieldPath?: string;
  readonly reason?: string;
  readonly optionalOldSelf?: boolean;
}

/** The part of a schema that has rules in or below it. */
interface RuleTree {
  readonly rules: readonly CompiledRule[];
  readonly fields: ReadonlyMap<string, RuleTree>;
  readonly values?: RuleTree;
  readonly items?: RuleTree;
  /** Fields by which an entry of a list is found again in the old list; without any, it is not. */
  readonly keys?: readonly string[];
}

interface CompiledRule extends Rule {
  readonly isOfTransition: boolean;
  readonly evaluate: (context: Record<string, unknown>) => unknown;
}

type Value = Readonly<Record<string, unknown>>;

const ENVIRONMENT = new Environment({ unlistedVariablesAreDyn: true, enableOptionalTypes: true });
const REASONS: Readonly<Record<string, string>> = {
  FieldValueRequired: 'Required', FieldValueForbidden: 'Forbidden', FieldValueDuplicate: 'Duplicate', FieldValueInvalid: 'Invalid',
};

/** The rules in CEL (`x-kubernetes-validations`) of a structural schema. */
export class CelRules {
  private readonly tree: RuleTree | undefined;

  public constructor(schema: Schema) {
    this.tree = treeOf(schema);
  }

  /** The rules that an object breaks, as `type field`. A rule on transitions is asked only of what was there before, unless it takes no old value too. */
  public broken(object: unknown, oldObject?: unknown): string[] {
    return this.tree ? below(this.tree, asCel(object), asCel(oldObject), '') : [];
  }
}

function treeOf(schema: Schema): RuleTree | undefined {
  const rules = ((schema['x-kubernetes-validations'] ?? []) as readonly Rule[]).map(compiled);
  const fields = new Map(Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const tree = treeOf(field);
    return tree ? [[name, tree] as const] : [];
  }));
  const items = schema.items && treeOf(schema.items);
  const values = typeof schema.additionalProperties === 'object' ? treeOf(schema.additionalProperties) : undefined;
  if (rules.length === 0 && fields.size === 0 && !items && !values) return undefined;
  return { rules, fields, items, values, keys: schema['x-kubernetes-list-map-keys'] as readonly string[] | undefined };
}

function compiled(rule: Rule): CompiledRule {
  return { ...rule, isOfTransition: /\boldSelf\b/.test(rule.rule), evaluate: ENVIRONMENT.parse(rule.rule) };
}

function below({ rules, fields, items, values, keys }: RuleTree, self: unknown, oldSelf: unknown, path: string): string[] {
  const own = rules.filter(rule => !holds(rule, self, oldSelf)).map(({ reason = '', fieldPath = '' }) => `${REASONS[reason] ?? 'Invalid'} ${`${path}${fieldPath}`.replace(/^\./, '')}`);
  if (Array.isArray(self)) {
    return [...own, ...(items ? self.flatMap((entry, index) => below(items, entry, counterpart(entry, oldSelf, keys), `${path}[${index}]`)) : [])];
  }
  if (typeof self !== 'object' || self === null) return own;
  return [...own, ...Object.entries(self).flatMap(([name, value]) => {
    const tree = fields.get(name) ?? values;
    return tree ? below(tree, value, (oldSelf as Value | undefined)?.[name], path === '' ? name : `${path}.${name}`) : [];
  })];
}

function holds({ isOfTransition, optionalOldSelf, evaluate }: CompiledRule, self: unknown, oldSelf: unknown): boolean {
  if (!isOfTransition) return evaluate({ self }) === true;
  if (optionalOldSelf) return evaluate({ self, oldSelf: oldSelf === undefined ? Optional.none() : Optional.of(oldSelf) }) === true;
  return oldSelf === undefined || evaluate({ self, oldSelf }) === true;
}

/** The entry of the old list that has the same keys. */
function counterpart(entry: unknown, oldList: unknown, keys: readonly string[] | undefined): unknown {
  if (!keys || !Array.isArray(oldList)) return undefined;
  return (oldList as Value[]).find(old => keys.every(key => old[key] === (entry as Value)[key]));
}
