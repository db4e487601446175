/** What a file must not be named, for it usually holds a secret. */
const names = /(^|\/)(\.env(\..+)?|\.netrc|\.pypirc|\.npmrc|\.git-credentials|id_(rsa|dsa|ecdsa|ed25519)|credentials(\.json)?|secrets?\.(json|ya?ml|toml|env)|.+\.(pem|p12|pfx|key|keystore))$/i;
/** `.env.example` and its like say which secrets there are, not what they are. */
const samples = /\.(example|sample|template)$/i;

/** What a secret looks like, and whose it is. */
const patterns: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----/, 'a private key'],
  [/\bAKIA[0-9A-Z]{16}\b/, 'an access key of AWS'],
  [/\bhf_[A-Za-z0-9]{30,}\b/, 'a token of Hugging Face'],
  [/\bgh[pousr]_[A-Za-z0-9]{36,}\b/, 'a token of GitHub'],
  [/\bglpat-[A-Za-z0-9_-]{20,}\b/, 'a token of GitLab'],
  [/\bxox[abprs]-[A-Za-z0-9-]{10,}\b/, 'a token of Slack'],
  [/\bsk-[A-Za-z0-9_-]{32,}\b/, 'an API key'],
  [/\b(postgres(ql)?|mysql|redis|mongodb(\+srv)?):\/\/[^\s:/@'"]+:[^\s@'"]+@/, 'the password of a database'],
];

/** Why a file looks as if it held a secret: "has a private key in line 3"; undefined: it does not. */
export async function secretIn(path: string, text: () => Promise<string>): Promise<string | undefined> {
  if (names.test(path) && !samples.test(path)) return 'looks by its name as if it held a secret';
  const lines = (await text()).split('\n');
  for (const [index, line] of lines.entries()) {
    const found = patterns.find(([pattern]) => pattern.test(line));
    if (found) return `has what looks like ${found[1]} in line ${index + 1}`;
  }
  return undefined;
}
