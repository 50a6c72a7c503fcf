import { writeFileSync } from 'node:fs';
import { schemaFiles } from '../src/schema-files.js';

/** Writes the public contract, as the code has it, to `schema/`. */
for (const [path, text] of await schemaFiles()) writeFileSync(`schema/${path}`, text);
