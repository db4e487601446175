import { z } from 'zod';

const finding = z.object({
  path: z.string().describe('Where in the input, "parameters.schedule.values[1].kind"; "" is the whole document.'),
  value: z.string().describe('The value that stood there, as short JSON.'),
  expected: z.string(),
  nearest: z.string().optional().describe('The nearest valid word, when one is near.'),
});

/** An error as RFC 9457 words it, with the project's code and what is wrong where. */
export const problemSchema = z.object({
  type: z.string().describe('urn:elucidate:problem: and the code.'),
  title: z.string(),
  status: z.int().min(400).max(599),
  detail: z.string(),
  code: z.string(),
  problems: z.array(finding).optional(),
  errorId: z.string().optional().describe('Under this id the server\'s log has the cause.'),
}).meta({ id: 'Problem' });
export type ProblemDocument = z.infer<typeof problemSchema>;
