import { randomBytes, randomInt } from 'node:crypto';

/**
 * What may leave the process. A `secret` never does. `content` does where the user opted in, in the content attributes
 * alone. `context` is the trace state that a caller sent, which a span has by OpenTelemetry's own rules; it does not go to a
 * public provider.
 */
export type Sort = 'secret' | 'content' | 'context';

/** The place in which a marker is put. */
export type Place =
  | 'keyOpenai'
  | 'keyAnthropic'
  | 'keyGoogle'
  | 'keyAzure'
  | 'keyPlain'
  | 'organisation'
  | 'project'
  | 'cookie'
  | 'gatewayHeader'
  | 'baggage'
  | 'tracestate'
  | 'proxyUser'
  | 'proxyPassword'
  | 'urlUser'
  | 'urlPassword'
  | 'urlQuery'
  | 'urlPath'
  | 'environment'
  | 'argument'
  | 'exporterHeader'
  | 'setCookie'
  | 'serverHeader'
  | 'pastedKey'
  | 'pastedToken'
  | 'answeredKey'
  | 'prompt'
  | 'system'
  | 'toolName'
  | 'toolDescription'
  | 'toolParameter'
  | 'toolArguments'
  | 'toolResult'
  | 'image'
  | 'imageUrl'
  | 'fileName'
  | 'file'
  | 'user'
  | 'embedded'
  | 'answer'
  | 'answerArguments';

const ALPHANUMERIC = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Random text of letters and digits, with some of both: what has no digit in it is a word to any rule. */
function random(length: number, alphabet: string = ALPHANUMERIC): string {
  for (;;) {
    const text = Array.from({ length }, () => alphabet.charAt(randomInt(alphabet.length))).join('');
    if (/\d/.test(text) && /[a-z]/i.test(text)) return text;
  }
}

const hex = (length: number): string => random(length, '0123456789abcdef');

/** One row for each place in which a marker is put: what it looks like there. Random anew in every run. */
const SHAPES: Readonly<Record<Place, readonly [sort: Sort, make: () => string]>> = {
  // Request heads. One key in the shape of each provider, and one of a gateway's, which has none.
  keyOpenai: ['secret', () => `sk-proj-${random(48)}`],
  keyAnthropic: ['secret', () => `sk-ant-api03-${random(93)}-${random(6)}AA`],
  keyGoogle: ['secret', () => `AIzaSy${random(33)}`],
  keyAzure: ['secret', () => hex(32)],
  keyPlain: ['secret', () => random(40)],
  organisation: ['secret', () => `org-${random(24)}`],
  project: ['secret', () => `proj_${random(24)}`],
  cookie: ['secret', () => `${random(43)}=`],
  gatewayHeader: ['secret', () => `gw/${random(32)}+${random(8)}==`],
  baggage: ['secret', () => `tenant-${random(32)}`],
  tracestate: ['context', () => random(32).toLowerCase()],
  // Addresses.
  proxyUser: ['secret', () => `svc-${random(24)}`],
  proxyPassword: ['secret', () => random(28)],
  urlUser: ['secret', () => `usr${random(24)}`],
  urlPassword: ['secret', () => random(32)],
  urlQuery: ['secret', () => random(39)],
  urlPath: ['secret', () => random(32)],
  // The process.
  environment: ['secret', () => `${random(19)}/${random(20)}+`],
  argument: ['secret', () => random(36)],
  exporterHeader: ['secret', () => random(40)],
  // Response heads.
  setCookie: ['secret', () => random(48)],
  serverHeader: ['secret', () => random(30).toLowerCase()],
  // Keys where content is: pasted into a prompt, and given back by the model.
  pastedKey: ['secret', () => `sk-proj-${random(40)}_${random(24)}`],
  pastedToken: ['secret', () => `ghp_${random(36)}`],
  answeredKey: ['secret', () => `AKIA${random(16, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567')}`],
  // Content.
  prompt: ['content', () => `Patient "${random(20)}" née ${random(20)}`],
  system: ['content', () => `You are <${random(20)}> & keep ${random(20)}`],
  toolName: ['content', () => `find_${random(24)}`],
  toolDescription: ['content', () => `Looks ${random(24)} up in C:\\files\\${random(14)}`],
  toolParameter: ['content', () => random(28)],
  toolArguments: ['content', () => `café ${random(28)}`],
  toolResult: ['content', () => `IBAN ${random(28)}`],
  image: ['content', () => randomBytes(1_200).toString('base64')],
  imageUrl: ['content', () => `https://files.example/${random(32)}.png`],
  fileName: ['content', () => `report ${random(26)}.pdf`],
  file: ['content', () => randomBytes(600).toString('base64')],
  user: ['content', () => `${random(24).toLowerCase()}@example.com`],
  embedded: ['content', () => `To embed: ${random(30)}`],
  answer: ['content', () => `The answer is ${random(24)}, "${random(24)}"`],
  answerArguments: ['content', () => `Straße ${random(28)}`],
};

/** Every marker of a run, by its place. */
export type Canaries = Readonly<Record<Place, string>>;

/** All places. */
export const PLACES: readonly Place[] = Object.keys(SHAPES).filter((name): name is Place => name in SHAPES);

/** What may leave of a place. */
export function sortOf(place: Place): Sort {
  return SHAPES[place][0];
}

/** Markers as they have never been before. */
export function newCanaries(): Canaries {
  const made = Object.fromEntries(PLACES.map((place) => [place, SHAPES[place][1]()]));
  // It was made from the table that has every place.
  return made as Canaries;
}
