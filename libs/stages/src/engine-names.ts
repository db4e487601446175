export { backendChoices, type BackendChoice } from '@elucidate/engine/backend';
