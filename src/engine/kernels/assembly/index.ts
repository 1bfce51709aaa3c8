export { run, work } from './program';
