export * from '../constructs';
