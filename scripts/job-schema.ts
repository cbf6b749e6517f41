import { writeFileSync } from 'node:fs';
import { jobJsonSchema } from '../src/formats/job-schema.ts';

/** node scripts/job-schema.ts: writes the JSON Schema of job files anew, by which editors complete them. */

writeFileSync('image/stick/sparekey.schema.json', `${JSON.stringify(jobJsonSchema(), undefined, 2)}\n`);
