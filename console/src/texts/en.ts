/** All that the console says, page by page: a page loads the texts that it names. Another language is another folder of the same shape. */
export { apps } from './en/apps.ts';
export { problems } from './en/problems.ts';
export { shell } from './en/shell.ts';
export { topology } from './en/topology.ts';
