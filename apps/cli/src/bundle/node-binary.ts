import { execFile } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { promisify } from 'node:util';
import { ElucidateError } from '@elucidate/experiment/errors';

const run = promisify(execFile);

/** The libraries of C and C++, which every Linux has that a Node of npm's or of nodejs.org runs on. */
const ofEverySystem = /^(?:linux-vdso|ld-linux|libc|libm|libdl|libpthread|librt|libstdc\+\+|libgcc_s)[.-]/;

const question = `const { platform, arch, versions, report } = process;
report.excludeNetwork = true;
console.log(JSON.stringify({ platform: platform + '-' + arch, version: versions.node, libraries: report.getReport().sharedObjects }))`;

interface Answer {
  platform: string;
  version: string;
  libraries: string[];
}

/** A Node that runs on other machines of a platform, by its absolute path. Throws request.invalid for one that is older, for another platform, or needs libraries that a machine without Node lacks. */
export async function portableNode(path: string, platform: string): Promise<{ path: string; version: string }> {
  const refuse = (why: string, cause?: unknown): never => {
    throw new ElucidateError('request.invalid', `${path} ${why}; give the \`bin/node\` of an archive of nodejs.org for ${platform}, 20.19 or newer, with --node`, { cause });
  };
  const { stdout } = await run(path, ['-e', question], { env: {} }).catch((cause: Error) => refuse(`does not run here (${cause.message.split('\n')[0]})`, cause));
  const { platform: its, version, libraries } = JSON.parse(stdout) as Answer;
  if (its !== platform) refuse(`is for ${its}`);
  const [major, minor] = version.split('.').map(Number) as [number, number];
  if (major < 20 || (major === 20 && minor < 19)) refuse(`is Node ${version}`);
  const others = libraries.map((library) => library.slice(library.lastIndexOf('/') + 1)).filter((name) => name.includes('.so') && !ofEverySystem.test(name));
  if (others.length > 0) refuse(`needs ${others.join(', ')}, which a machine without Node may lack`);
  return { path: realpathSync(path), version };
}
