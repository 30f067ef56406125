export { escalation } from './escalation.ts';
export { projection } from './projection.ts';
export { retention } from './retention.ts';
export { testPage } from './test-page.ts';
