export { escalation } from './escalation.ts';
export { projection } from './projection.ts';
