export * from '../constructs';
export { GroveValidation } from './validation';
