import { commonText, failureFingerprint, ownFrame } from './failure-fingerprint.js';

const id = '3f2a9c01b7de44aa3f2a9c01b7de44aa3f2a9c01b7de44aa3f2a9c01b7de44aa';
const other = 'deadbeefb7de44aa3f2a9c01b7de44aa3f2a9c01b7de44aa3f2a9c01b7de44ab';

/** Messages as the project and what it uses write them, on two occasions each, and what they have in common. */
test.each<[string, string, string, string]>([
  ['a diverged training', 'The loss became NaN at step 120; lower learningRate', 'The loss became Infinity at step 7; lower learningRate', 'The loss became # at step #; lower learningRate'],
  ['a diverged sampling', 'A pixel is no longer a finite number after 20 steps of heun; set clampX0, or take more steps', 'A pixel is no longer a finite number after 5 steps of heun; set clampX0, or take more steps', 'A pixel is no longer a finite number after # steps of heun; set clampX0, or take more steps'],
  ['a killed process', `The process of train stage ${id} died (SIGKILL) and had written nothing to stderr`, `The process of score stage ${other} died (SIGKILL) and had written nothing to stderr`, 'The process of stage # died (SIGKILL) and had written nothing to stderr'],
  ['a process that ran out of memory', `The process of train stage ${id} died (SIGABRT); it last said:\n\n<--- Last few GCs --->\n\n[2071:0x55d0c8a0]    11382 ms: Mark-sweep 4093.1 (4129.7) -> 4092.9 MB\nFATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory\n 1: 0xb7a940 node::Abort() [node]`,
    `The process of train stage ${other} died (SIGABRT); it last said:\n[77:0x3f]    9 ms: Scavenge\nFATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory`,
    'The process of stage # died (SIGABRT); it last said: | FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory'],
  ['a stalled stage', `train stage ${id} made no progress for 30 minutes, so its process was ended`, `score stage ${other} made no progress for 90 s, so its process was ended`, 'stage # made no progress for # s, so its process was ended'],
  ['a silent worker', 'Worker gpu-03.lab-4711-a1b2c3 stopped answering while it ran the stage', 'Worker node7-22-00ff1e stopped answering while it ran the stage', 'Worker # stopped answering while it ran the stage'],
  ['a missing file', "ENOENT: no such file or directory, open '/srv/my data/work/attempt-12/in/weights'; check that the folder exists", "ENOENT: no such file or directory, open '/a/x'; check that the folder exists", 'ENOENT: no such file or directory, open <path>; check that the folder exists'],
  ['a lost artifact', `A file of input "train" is no longer in /srv/artifacts (Artifact ${id} is not in /srv/artifacts; run the stage that makes it again)`, `A file of input "train" is no longer in C:\\data\\a (Artifact ${other} is not in C:\\data\\a; run the stage that makes it again)`, 'A file of input "train" is no longer in <path> (Artifact # is not in <path>; run the stage that makes it again)'],
  ['a corrupt file', `/mnt/a/ab/cdef is not a whole safetensors file: header of 1234 bytes`, `./b.safetensors is not a whole safetensors file: header of 99 bytes`, '<path> is not a whole safetensors file: header of # bytes'],
  ['a refused connection', 'connect ECONNREFUSED 127.0.0.1:5432', 'connect ECONNREFUSED 10.12.0.7:6000', 'connect ECONNREFUSED <address>'],
  ['a connection by IPv6', 'connect ECONNREFUSED ::1:5432 from [fe80::1]:80', 'connect ECONNREFUSED ::1:5432 from [2001:db8::7]:443', 'connect ECONNREFUSED ::#:# from <address>'],
  ['a name that is not found', 'getaddrinfo ENOTFOUND db.example.org:5432', 'getaddrinfo ENOTFOUND other-host:15432', 'getaddrinfo ENOTFOUND <address>'],
  ['a URL', 'GET https://example.org/v1/x?y=1 responded with 503', 'GET http://127.0.0.1:3210/a responded with 504', 'GET <address> responded with #'],
  ['memory', 'Memory ran out (WebAssembly.Memory.grow(): Maximum memory size exceeded, 3.5 GiB of 4096 MiB)', 'Memory ran out (WebAssembly.Memory.grow(): Maximum memory size exceeded, 800 MiB of 1 GiB)', 'Memory ran out (WebAssembly.Memory.grow(): Maximum memory size exceeded, # bytes of # bytes)'],
  ['shapes of tensors', 'Error: Shapes 32,32,3 and [64x64] do not match in conv2d_12', 'Error: Shapes 8,8 and [1x2x3] do not match in conv2d_7', 'Error: Shapes # and [#] do not match in conv2d_#'],
  ['times', '2026-11-27T15:00:02.123Z the lease ended', '2026-01-02 03:04:05+01:00 the lease ended', '# the lease ended'],
  ['a UUID', 'device 123e4567-e89b-12d3-a456-426614174000 was lost', 'device 00000000-e89b-12d3-a456-426614174999 was lost', 'device # was lost'],
  ['a place in a file', 'Unexpected token } at sampler.js:12:7', 'Unexpected token } at train.mjs:1:99', 'Unexpected token } at <path>'],
])('%s says the same on every occasion', (_, first, second, common) => {
  expect([commonText(first), commonText(second)]).toEqual([common, common]);
});

test.each([
  ['signals', 'The process died (SIGKILL)', 'The process died (SIGSEGV)'],
  ['samplers', 'A pixel is no longer a finite number after 20 steps of heun', 'A pixel is no longer a finite number after 20 steps of lms'],
  ['last words', 'It died; it last said:\nFATAL ERROR: heap out of memory', 'It died; it last said:\nError: libfoo.so cannot be loaded'],
  ['words beside a slash', 'set noise and/or data', 'set noise and/or labels'],
])('different %s are different causes', (_, first, second) => {
  expect(failureFingerprint({ code: 'stage.crashed', message: first })).not.toBe(failureFingerprint({ code: 'stage.crashed', message: second }));
});

test.each([
  ['a named function in an installation from source', 'TypeError: x is undefined\n    at conv2d (/a/node_modules/@tensorflow/tfjs-core/dist/tf-core.node.js:3:1)\n    at async fit (file:///srv/elucidate/libs/training/dist/fit.js:120:5)\n    at run (/srv/elucidate/libs/runtime/dist/child.js:1:1)', 'fit training/fit'],
  ['in an installed package', '    at StageChild.run [as go] (file:///usr/lib/node_modules/@elucidate/training/dist/datasets/idx.js:9:2)', 'StageChild.run training/datasets/idx'],
  ['on Windows', '    at new Loop (C:\\src\\libs\\training\\src\\loop.ts:3:3)', 'Loop training/loop'],
  ['without a name', '    at file:///srv/libs/stages/dist/score.js:4:4', 'stages/score'],
  ['anonymous', '    at Object.<anonymous> (/srv/libs/stages/dist/score.js:4:4)', 'Object. stages/score'],
  ['none of ours', '    at Module._load (node:internal/modules/cjs/loader:1:1)\n    at x (/a/libs/training/node_modules/zod/index.js:1:1)', ''],
])('the first frame of ours, %s', (_, stack, frame) => {
  expect(ownFrame(stack)).toBe(frame);
});

test('a fingerprint depends on code, message and frame, not on line numbers or folders', () => {
  const at = (line: number, folder: string, name = 'fit') => ({ code: 'stage.failed', message: 'TypeError: x is undefined', details: { stack: `TypeError\n    at ${name} (${folder}/libs/training/dist/fit.js:${line}:5)` } });
  const print = failureFingerprint(at(1, '/srv'));
  expect(print).toMatch(/^[0-9a-f]{12}$/);
  expect(failureFingerprint(at(99, '/opt/elucidate'))).toBe(print);
  expect(failureFingerprint(at(1, '/srv', 'evaluate'))).not.toBe(print);
  expect(failureFingerprint({ ...at(1, '/srv'), code: 'stage.crashed' })).not.toBe(print);
  const cause = new Error('other');
  cause.stack = at(5, '/x').details.stack;
  expect(failureFingerprint({ code: 'stage.failed', message: 'TypeError: x is undefined', cause })).toBe(print);
});

test('a message of any length and content takes no long', () => {
  for (const part of ['/a', '1x', 'a-1-', 'f', '::', 'a.', '\\"/', 'libs/']) {
    expect(commonText(part.repeat(200_000)).length).toBeLessThan(400);
    expect(ownFrame(`    at x (${part.repeat(2000)}`)).toBe('');
  }
});
