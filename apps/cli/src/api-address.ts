import { ElucidateError } from '@elucidate/experiment/errors';

const wrong = (what: string, text: string, why: string): ElucidateError =>
  new ElucidateError('request.invalid', `${what} is ${JSON.stringify(text)}, ${why}; expected http://HOST:PORT or https://HOST, as http://127.0.0.1:3210`);

/** The address of an API, "http://127.0.0.1:3210", from what a person wrote; `what` names where. Throws 'request.invalid'. */
export function apiAddressFrom(text: string, what: string): string {
  const trimmed = text.trim();
  if (!/^https?:\/\//i.test(trimmed)) throw wrong(what, text, 'which does not begin with http:// or https://');
  if (/\s/.test(trimmed) || !URL.canParse(trimmed)) throw wrong(what, text, 'which is not an address');
  const { origin, pathname, search, hash, username, password } = new URL(trimmed);
  if (username !== '' || password !== '') throw new ElucidateError('request.invalid', `${what} has a user or password in it; put the key into ELUCIDATE_KEY instead`);
  if (pathname !== '/' || search !== '' || hash !== '') throw wrong(what, text, `which has a path (${pathname}${search}${hash}) where only the server is named`);
  return origin;
}

/** The key that requests carry: ELUCIDATE_KEY without white space around it; undefined where it is empty. Throws 'request.invalid' for one that no header can carry. */
export function apiKeyFrom(variables: NodeJS.ProcessEnv): string | undefined {
  const key = variables['ELUCIDATE_KEY']?.trim();
  if (key !== undefined && !/^[\x21-\x7e]*$/.test(key)) throw new ElucidateError('request.invalid', 'ELUCIDATE_KEY has characters that no key has; set it to what `elucidate key create` printed, elu_ and what follows');
  return key === '' ? undefined : key;
}
