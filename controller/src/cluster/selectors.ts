import { JsonObject, objectIn, valueAt } from './json';
import { badRequest } from './refusal';

/** Whether an object belongs to a selection. */
export type Selector = (object: JsonObject) => boolean;

const REQUIREMENT = /^(!?)\s*([A-Za-z0-9_./-]+)\s*(?:(==|=|!=)\s*([A-Za-z0-9_.-]*)|\s(in|notin)\s*\(([^)]*)\))?$/;

/**
 * Reads a label selector: `a=b`, `a!=b`, `a in (b,c)`, `a notin (b,c)`, `a`, `!a`, joined by commas.
 * @throws Refusal 400 when it cannot be read
 */
export function labelSelector(text: string | undefined): Selector | undefined {
  if (!text) return undefined;
  const requirements = splitOutsideParentheses(text).map((part) => labelRequirement(part.trim(), text));
  return (object) => {
    const labels = objectIn(objectIn(object, 'metadata'), 'labels');
    return requirements.every((requirement) => requirement(labels));
  };
}

function labelRequirement(part: string, whole: string): (labels: JsonObject) => boolean {
  const match = REQUIREMENT.exec(part);
  if (!match) throw badRequest(`unable to parse requirement: ${whole}`);
  const [, negation, key, operator, value, setOperator, list] = match;
  if (negation) return (labels) => labels[key] === undefined;
  if (setOperator) {
    const values = new Set<unknown>(list.split(',').map((one) => one.trim()));
    return setOperator === 'in' ? (labels) => values.has(labels[key]) : (labels) => !values.has(labels[key]);
  }
  if (operator === undefined) return (labels) => labels[key] !== undefined;
  return operator === '!=' ? (labels) => labels[key] !== value : (labels) => labels[key] === value;
}

function splitOutsideParentheses(text: string): string[] {
  return text.split(/,(?![^(]*\))/);
}

/**
 * Reads a field selector: `path=value` or `path!=value`, joined by commas.
 * @param supported the paths that this type can be selected by; all others are refused, as the real server does
 * @throws Refusal 400 when it cannot be read or names another field
 */
export function fieldSelector(text: string | undefined, supported: readonly string[]): Selector | undefined {
  if (!text) return undefined;
  const requirements = text.split(',').map((part) => fieldRequirement(part, supported));
  return (object) => requirements.every((requirement) => requirement(object));
}

function fieldRequirement(part: string, supported: readonly string[]): Selector {
  const match = /^([^=!]+)(==|=|!=)(.*)$/.exec(part);
  if (!match) throw badRequest(`invalid selector: '${part}'; can't understand '${part}'`);
  const [, path, operator, value] = match;
  if (!supported.includes(path)) throw badRequest(`field label not supported: ${path}`);
  const fields = path.split('.');
  const matches: Selector = (object) => String(valueAt(object, fields) ?? '') === value;
  return operator === '!=' ? (object) => !matches(object) : matches;
}
