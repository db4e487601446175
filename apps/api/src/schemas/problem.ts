import { z } from 'zod';

const finding = z.object({
  path: z.string().describe('Path in the input, "parameters.schedule.values[1].kind"; "" is the whole document.'),
  value: z.string().describe('The value found there, as abbreviated JSON.'),
  expected: z.string(),
  nearest: z.string().optional().describe('The nearest valid word, if one is close.'),
  line: z.int().optional().describe('The line of the text sent, from 1, where it is written.'),
});

/** An RFC 9457 problem document with the project's error code and the individual problems. */
export const problemSchema = z.object({
  type: z.string().describe('urn:elucidate:problem: followed by the code.'),
  title: z.string(),
  status: z.int().min(400).max(599),
  detail: z.string(),
  code: z.string(),
  problems: z.array(finding).optional(),
  errorId: z.string().optional().describe('The id under which the server\'s log has the cause.'),
}).meta({ id: 'Problem' });
export type ProblemDocument = z.infer<typeof problemSchema>;
