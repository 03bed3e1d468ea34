/** What a program or a settings file gets that requires the package. */
export * from '../lib';
export { limitBodies } from './body-limits';
