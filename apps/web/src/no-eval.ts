import { config } from 'zod';

/** zod writes code of its own where it may; the page's policy forbids that, and each attempt would be reported. It is imported before everything that zod describes, since zod tries as the first object is described. */
config({ jitless: true });
