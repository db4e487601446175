import { blameFor, type Evidence, type GroupBlame, type Whereabouts } from './group-blame.js';

/** "a1@1": worker a1 on machine a, version 1; "x@": a worker of which nothing is known. */
const at = (...texts: string[]): Whereabouts[] => texts.map((text) => {
  const [workerId = '', version = ''] = text.split('@');
  return { workerId, host: version === '' ? null : workerId[0]!, version: version || null };
});
const evidence = (failed: Whereabouts[], retried: Whereabouts[] = [], others: Whereabouts[] = [], permanent = true): Evidence => ({ code: 'stage.crashed', failed, retried, others, permanent, over: false });

test.each<[string, Evidence, GroupBlame, string]>([
  ['several machines failed it', evidence(at('a1@1', 'b1@1')), 'cell', 'failed on a, b, done on none'],
  ['several workers of one machine failed it', evidence(at('a1@1', 'a2@1')), 'cell', 'failed on a1, a2, done on none'],
  ['several machines failed it and do others', evidence(at('a1@1', 'b1@1'), [], at('a1@1', 'b1@1')), 'cell', 'failed on a, b, done on none'],
  ['one machine failed it, another did it', evidence(at('a1@1'), at('b1@1')), 'node', 'failed on a only; they are done on b'],
  ['one worker failed it, another of the machine did it', evidence(at('a1@1', 'a1@1'), at('a2@1')), 'node', 'failed on a1 only; they are done on a2'],
  ['two workers of one machine failed it, another machine did it', evidence(at('a1@1', 'a2@1'), at('b1@1')), 'node', 'failed on a only; they are done on b'],
  ['one machine failed all of a kind, others did theirs', evidence(at('a1@1'), [], at('b1@1', 'c1@1')), 'node', 'failed on a only; others like them are done on b, c'],
  ['one machine with a version of its own failed it', evidence(at('a1@2'), at('b1@1')), 'node', 'failed on a only; they are done on b'],
  ['a version failed it on two machines, another did it', evidence(at('a1@2', 'b1@2'), at('c1@1')), 'code', 'failed under version 2 on a, b; they are done under 1'],
  ['a version failed it, another did it on the same machine', evidence(at('a1@2'), at('a2@1')), 'code', 'failed under version 2 on a1; they are done under 1'],
  ['a version failed all of a kind', evidence(at('a1@2', 'b1@2'), [], at('a2@1')), 'code', 'failed under version 2 on a, b; others like them are done under 1'],
  ['a version failed it on two machines, and did others', evidence(at('a1@2', 'b1@2'), [], at('a1@2', 'c1@1')), 'cell', 'failed on a, b, done on none'],
  ['it failed and succeeded everywhere', evidence(at('a1@1', 'b1@1'), at('a1@1', 'b1@1')), 'undecided', 'failed on a, b; some are done since on a, b'],
  ['several machines failed it once, and it is to be tried again', evidence(at('a1@1', 'b1@1'), [], [], false), 'undecided', 'failed on a, b; they are to be tried again'],
  ['one worker alone tried', evidence(at('a1@1', 'a1@1')), 'undecided', 'only a1 has tried them'],
  ['one worker alone tried, and did others', evidence(at('a1@1'), [], at('a1@1')), 'undecided', 'only a1 has tried them'],
  ['nothing is known of the workers', evidence(at('x@'), at('y@')), 'node', 'failed on x only; they are done on y'],
  ['many machines failed it', evidence(at('a1@1', 'b1@1', 'c1@1', 'd1@1', 'e1@1')), 'cell', 'failed on a, b, c and 2 more, done on none'],
])('%s', (_, given, blame, because) => {
  expect(blameFor(given)).toMatchObject({ blame, because });
});

const told = (code: string, ...given: Parameters<typeof evidence>) => blameFor({ ...evidence(...given), code });

describe('an error that says of itself what it points to', () => {
  it('a training run that diverged is its cell, also if one worker alone has tried', () => {
    expect(told('stage.diverged', at('a1@1'))).toMatchObject({ blame: 'cell', because: expect.stringContaining('only a1 has tried them'), remedy: expect.stringContaining('smaller learning rate') });
    expect(told('stage.diverged', at('a1@1'), [], at('b1@1')).blame).toBe('cell');
    expect(told('stage.diverged', at('a1@1'), at('b1@1')).blame).toBe('node');
  });

  it('leases that expired everywhere are not their cells: all machines may have slept', () => {
    const slept = told('stage.lease_expired', at('a1@1', 'a2@1'));
    expect(slept).toMatchObject({ blame: 'undecided', because: expect.stringContaining('the machine slept') });
    expect(slept.remedy).not.toContain('exclude');
    expect(told('stage.lease_expired', at('a1@1'), [], at('b1@1')).blame).toBe('node');
  });

  it('nothing is to be done about stages that are all done since', () => {
    expect(blameFor({ ...evidence(at('a1@1', 'b1@1'), at('a1@1')), over: true }).remedy).toBe('none is needed: all of them are done since');
  });
});
