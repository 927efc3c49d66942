export { AutoscalingProps } from './autoscaling';
export * from './crds';
export * from './packing';
export * from './podclique';
export * from './podcliqueset';
export * from './scaling-group';
