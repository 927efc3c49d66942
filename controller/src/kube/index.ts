/** Kubernetes client machinery without any knowledge of Grove. */
export * from './clock';
export * from './transport';
