import { KubeStatus, KubeStatusDetails } from '../kube/errors';
import { resourceNameOf, ResourceType } from '../kube/resource';

/** What a field error says, in apimachinery's words. */
export interface FieldProblem {
  readonly reason: `FieldValue${'Required' | 'Invalid' | 'Forbidden' | 'NotSupported' | 'Duplicate' | 'TypeInvalid' | 'TooLong' | 'TooMany'}`;
  readonly message: string;
  readonly field: string;
}

/** Thrown by everything behind the embedded API server; the server answers with it as the real one does. */
export class Refusal extends Error {
  constructor(readonly code: number, readonly reason: string, message: string, readonly details?: KubeStatusDetails) {
    super(message);
    this.name = 'Refusal';
  }

  /** The body of the answer. */
  get body(): KubeStatus & { readonly apiVersion: string; readonly metadata: object } {
    const { code, reason, message, details } = this;
    return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, ...(details && { details }), code };
  }
}

/** The body that says that something was done and has nothing else to show. */
export function successStatus(details?: KubeStatusDetails, code?: number): object {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', ...(details && { details }), ...(code && { code }) };
}

/** Group and plural, as the details of most refusals name the type. */
export function resourceDetails(type: ResourceType, name?: string): KubeStatusDetails {
  return { ...(name !== undefined && { name }), ...(type.group !== '' && { group: type.group }), kind: type.plural };
}

export function notFound(type: ResourceType, name: string): Refusal {
  return new Refusal(404, 'NotFound', `${resourceNameOf(type)} "${name}" not found`, resourceDetails(type, name));
}

/** No such path, or no such type. */
export function noSuchResource(): Refusal {
  return new Refusal(404, 'NotFound', 'the server could not find the requested resource', {});
}

export function methodNotAllowed(): Refusal {
  return new Refusal(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {});
}

export function alreadyExists(type: ResourceType, name: string): Refusal {
  return new Refusal(409, 'AlreadyExists', `${resourceNameOf(type)} "${name}" already exists`, resourceDetails(type, name));
}

export function conflict(type: ResourceType, name: string, why: string): Refusal {
  return new Refusal(409, 'Conflict', `Operation cannot be fulfilled on ${resourceNameOf(type)} "${name}": ${why}`, resourceDetails(type, name));
}

export function stale(type: ResourceType, name: string): Refusal {
  return conflict(type, name, 'the object has been modified; please apply your changes to the latest version and try again');
}

export function invalid(type: Pick<ResourceType, 'group' | 'kind'>, name: string, problems: readonly FieldProblem[]): Refusal {
  const kind = type.group === '' ? type.kind : `${type.kind}.${type.group}`;
  const lines = problems.map(({ field, message }) => `${field}: ${message}`);
  const explanation = lines.length === 1 ? lines[0] : `[${lines.join(', ')}]`;
  const details = { name, ...(type.group !== '' && { group: type.group }), kind: type.kind, causes: problems };
  return new Refusal(422, 'Invalid', `${kind} "${name}" is invalid: ${explanation}`, details);
}

export function forbidden(type: ResourceType, name: string, why: string, causes?: KubeStatusDetails['causes']): Refusal {
  const details = { ...resourceDetails(type, name), ...(causes && { causes }) };
  return new Refusal(403, 'Forbidden', `${resourceNameOf(type)} "${name}" is forbidden: ${why}`, details);
}

export function badRequest(message: string): Refusal {
  return new Refusal(400, 'BadRequest', message);
}

export function expired(message: string): Refusal {
  return new Refusal(410, 'Expired', message);
}

export function unsupportedMediaType(message: string): Refusal {
  return new Refusal(415, 'UnsupportedMediaType', message, {});
}

export const required = (field: string, detail = ''): FieldProblem =>
  ({ reason: 'FieldValueRequired', message: detail ? `Required value: ${detail}` : 'Required value', field });
export const invalidValue = (field: string, value: unknown, detail: string): FieldProblem =>
  ({ reason: 'FieldValueInvalid', message: `Invalid value: ${JSON.stringify(value) ?? 'null'}: ${detail}`, field });
export const forbiddenValue = (field: string, detail: string): FieldProblem =>
  ({ reason: 'FieldValueForbidden', message: `Forbidden: ${detail}`, field });
export const wrongType = (field: string, value: unknown, detail: string): FieldProblem =>
  ({ reason: 'FieldValueTypeInvalid', message: `Invalid value: ${JSON.stringify(value) ?? 'null'}: ${detail}`, field });
export const notSupported = (field: string, value: unknown, supported: readonly unknown[]): FieldProblem => ({
  reason: 'FieldValueNotSupported',
  message: `Unsupported value: ${JSON.stringify(value)}: supported values: ${supported.map((one) => JSON.stringify(one)).join(', ')}`,
  field,
});
export const tooLong = (field: string, longest: number): FieldProblem =>
  ({ reason: 'FieldValueTooLong', message: `Too long: may not be more than ${longest} bytes`, field });
export const tooMany = (field: string, count: number, most: number): FieldProblem =>
  ({ reason: 'FieldValueTooMany', message: `Too many: ${count}: must have at most ${most} items`, field });
