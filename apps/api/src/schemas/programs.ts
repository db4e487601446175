import { z } from 'zod';

export const programSchema = z.object({
  contents: z.string().describe('The sha256 of the archive: what a sweep names the program by.'),
  sizeBytes: z.int().min(0),
}).meta({ id: 'Program' });
export const programContentsSchema = z.string().regex(/^[0-9a-f]{64}$/);

export const programListSchema = z.object({
  programs: z.array(z.object({
    contents: z.string().describe('The sha256 of the archive.'),
    sizeBytes: z.int().min(0),
    owner: z.string().describe('Who added it first.'),
    addedAt: z.iso.datetime(),
    sweeps: z.int().min(0).describe('Sweeps that name it; while there are any it is not removed.'),
  })),
}).meta({ id: 'ProgramList' });

export const removedProgramSchema = z.object({ contents: z.string() }).meta({ id: 'RemovedProgram' });
export type ProgramAnswer = z.output<typeof programSchema>;
