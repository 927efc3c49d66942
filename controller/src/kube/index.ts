/** Kubernetes client machinery without any knowledge of Grove. */
export * from './backoff';
export * from './client';
export * from './clock';
export * from './errors';
export * from './log';
export * from './object';
export * from './patch';
export * from './permits';
export * from './resource';
export * from './store';
export * from './transport';
export type { RequestObservation, Verb } from './caller';
