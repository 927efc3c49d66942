/** A whole cluster in memory: API server, garbage collector, kubelet and nodes. For the demo, for simulation and for tests of faults. */
export * from './api-server';
export * from './binder';
export * from './faults';
export * from './kubelet';
export * from './nodes';
export type { CustomType, ScalePaths } from './resources';
export type { JsonSchema } from './schema';
export type { StorageChange } from './storage';
