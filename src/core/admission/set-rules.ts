import type { PodCliqueSet } from '../api';
import { broken, fieldError } from './errors';
import type { FieldError } from './request';
import { durationMs, isSubdomain } from './syntax';

const STARTUP_TYPES = ['CliqueStartupTypeAnyOrder', 'CliqueStartupTypeInOrder', 'CliqueStartupTypeExplicit'];

/** Rules on the set as a whole (spec 02 §4.1). */
export function setErrors(set: PodCliqueSet): FieldError[] {
  const { name } = set.metadata;
  const { replicas = 0, template } = set.spec;
  const delay = template.terminationDelay === undefined ? undefined : durationMs(template.terminationDelay);
  return broken(
    [!name, fieldError('Required', 'metadata.name', 'the set needs a name; its objects are called after it')],
    [Boolean(name) && !isSubdomain(name ?? ''), fieldError('Invalid', 'metadata.name', 'must be a lower-case RFC 1123 subdomain', name)],
    [replicas < 0, fieldError('Invalid', 'spec.replicas', 'must be 0 or more', replicas)],
    [!STARTUP_TYPES.includes(template.cliqueStartupType ?? ''),
      fieldError('Invalid', 'spec.template.cliqueStartupType', `must be one of ${STARTUP_TYPES.join(', ')}`, template.cliqueStartupType)],
    [delay === undefined || delay <= 0,
      fieldError('Invalid', 'spec.template.terminationDelay', 'must be a duration above 0, for example 4h', template.terminationDelay)],
  );
}
