import type { PodCliqueSet } from '../api';
import { broken, fieldError } from './errors';
import { metadataErrors } from './metadata-rules';
import type { FieldError } from './request';
import { durationNs } from './syntax';

const STARTUP_TYPES = ['CliqueStartupTypeAnyOrder', 'CliqueStartupTypeInOrder', 'CliqueStartupTypeExplicit'];

/** Rules on the set as a whole (spec 02 §4.1). */
export function setErrors(set: PodCliqueSet): FieldError[] {
  const { replicas = 0, template } = set.spec;
  const { cliqueStartupType = '', terminationDelay = '' } = template;
  const delay = durationNs(terminationDelay);
  return [
    ...metadataErrors(set.metadata),
    ...broken(
      replicas < 0 && fieldError('Invalid', 'spec.replicas', 'must be 0 or more', replicas),
      !STARTUP_TYPES.includes(cliqueStartupType) &&
        fieldError('Invalid', 'spec.template.cliqueStartupType', `must be one of ${STARTUP_TYPES.join(', ')}`, cliqueStartupType),
      (delay === undefined || delay <= 0) &&
        fieldError('Invalid', 'spec.template.terminationDelay', 'must be a duration above 0, for example 4h', terminationDelay),
    ),
  ];
}
