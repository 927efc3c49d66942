import { DraftObject, isObject, JsonObject, StoredObject } from './json';
import { FieldProblem, forbiddenValue, invalidValue, required } from './refusal';
import { ResourceType } from '../kube/resource';

const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const DNS_LABEL = new RegExp(`^${LABEL}$`);
const DNS_SUBDOMAIN = new RegExp(`^${LABEL}(\\.${LABEL})*$`);
const QUALIFIED_NAME = /^(?:[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const LABEL_VALUE = /^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;

const SUBDOMAIN_ADVICE = 'a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, \'-\' or \'.\', and must start and end with an '
  + 'alphanumeric character (e.g. \'example.com\', regex used for validation is \'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\')';
const LABEL_ADVICE = 'a lowercase RFC 1123 label must consist of lower case alphanumeric characters or \'-\', and must start and end with an '
  + 'alphanumeric character (e.g. \'my-name\',  or \'123-abc\', regex used for validation is \'[a-z0-9]([-a-z0-9]*[a-z0-9])?\')';

/** Kinds whose names become DNS labels. */
const NAMED_BY_LABEL = new Set(['Namespace', 'Service']);
/** Kinds whose names may hold anything that fits into a path. */
const FREELY_NAMED = new Set(['Role', 'RoleBinding', 'ClusterRole', 'ClusterRoleBinding']);

/** What is wrong with the metadata of a new object. */
export function newMetadataProblems(type: ResourceType, { metadata }: DraftObject): FieldProblem[] {
  return [...nameProblems(type, metadata.name), ...commonProblems(metadata)];
}

/**
 * What is wrong with the metadata of a changed object.
 * @param next as it would be kept
 * @param draft as it was asked for
 */
export function changedMetadataProblems(next: DraftObject, draft: DraftObject, old: StoredObject): FieldProblem[] {
  const added = (next.metadata.finalizers ?? []).filter((finalizer) => !(old.metadata.finalizers ?? []).includes(finalizer));
  const problems = [...identityProblems(draft.metadata, old.metadata), ...commonProblems(next.metadata)];
  if (old.metadata.deletionTimestamp && added.length > 0) {
    const names = added.map((finalizer) => `"${finalizer}"`).join(', ');
    const why = `no new finalizers can be added if the object is being deleted, found new finalizers []string{${names}}`;
    problems.push(forbiddenValue('metadata.finalizers', why));
  }
  return problems;
}

/** Another uid, and a deletion that nobody asked for by deleting, are refused; all else that is the server's own is just not taken over. */
function identityProblems({ uid, deletionTimestamp }: DraftObject['metadata'], old: StoredObject['metadata']): FieldProblem[] {
  const immutable = 'field is immutable';
  return [
    ...(uid && uid !== old.uid ? [invalidValue('metadata.uid', uid, immutable)] : []),
    ...(deletionTimestamp && !old.deletionTimestamp ? [invalidValue('metadata.deletionTimestamp', deletionTimestamp, immutable)] : []),
  ];
}

function nameProblems({ kind }: ResourceType, name: string | undefined): FieldProblem[] {
  if (!name) return [required('metadata.name', 'name or generateName is required')];
  if (FREELY_NAMED.has(kind)) return /[/%]/.test(name) ? [invalidValue('metadata.name', name, 'may not contain \'/\' or \'%\'')] : [];
  const byLabel = NAMED_BY_LABEL.has(kind);
  const longest = byLabel ? 63 : 253;
  const problems: FieldProblem[] = [];
  if (name.length > longest) problems.push(invalidValue('metadata.name', name, `must be no more than ${longest} characters`));
  if (!(byLabel ? DNS_LABEL : DNS_SUBDOMAIN).test(name)) problems.push(invalidValue('metadata.name', name, byLabel ? LABEL_ADVICE : SUBDOMAIN_ADVICE));
  return problems;
}

function commonProblems(metadata: DraftObject['metadata']): FieldProblem[] {
  return [
    ...labelProblems(metadata.labels ?? {}),
    ...Object.keys(metadata.annotations ?? {}).filter((key) => !QUALIFIED_NAME.test(key.toLowerCase()))
      .map((key) => invalidValue('metadata.annotations', key, 'name part must consist of alphanumeric characters, \'-\', \'_\' or \'.\'')),
    ...(metadata.finalizers ?? []).filter((finalizer) => !QUALIFIED_NAME.test(finalizer))
      .map((finalizer) => invalidValue('metadata.finalizers', finalizer, 'name part must consist of alphanumeric characters, \'-\', \'_\' or \'.\'')),
    ...ownerProblems(metadata.ownerReferences ?? []),
  ];
}

function labelProblems(labels: JsonObject): FieldProblem[] {
  return Object.entries(labels).flatMap(([key, value]) => {
    if (!QUALIFIED_NAME.test(key)) return [invalidValue('metadata.labels', key, 'name part must consist of alphanumeric characters, \'-\', \'_\' or \'.\'')];
    if (typeof value !== 'string' || value.length > 63) return [invalidValue('metadata.labels', value, 'must be no more than 63 characters')];
    return LABEL_VALUE.test(value) ? [] : [invalidValue('metadata.labels', value, 'a valid label must be an empty string or consist of alphanumeric characters')];
  });
}

const OWNER_FIELDS: ReadonlyArray<readonly [field: string, advice: string]> = [
  ['apiVersion', 'version must not be empty'], ['kind', 'must not be empty'], ['name', 'must not be empty'], ['uid', 'must not be empty'],
];

function ownerProblems(references: readonly unknown[]): FieldProblem[] {
  const path = 'metadata.ownerReferences';
  const owners = references.filter(isObject);
  const problems = owners.flatMap((owner) => OWNER_FIELDS.filter(([field]) => !owner[field])
    .map(([field, advice]) => invalidValue(`${path}.${field}`, owner[field] ?? '', advice)));
  const controllers = owners.filter((owner) => owner.controller === true).map((owner) => `${String(owner.kind)}/${String(owner.name)}`);
  if (controllers.length > 1) {
    const why = `Only one reference can have Controller set to true. Found "true" in references for ${controllers[0]} and ${controllers[1]}`;
    problems.push(invalidValue(path, references, why));
  }
  return problems;
}
