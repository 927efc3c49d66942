export * from './api';
export * from './names';
