import type { JsonValue } from '../body/json.ts';

const DATA_URL = /^data:([^;,]*)(;base64)?,/;

/** An image, sound or document that is given by its address, in the conventions' form: a data URL is a `blob`, any other a `uri`. */
export function mediaPart(modality: 'image' | 'audio' | 'video' | 'document', url: string | undefined): JsonValue {
  if (url === undefined) return { type: 'uri', modality, uri: '' };
  const [prefix, mimeType] = DATA_URL.exec(url.slice(0, 256)) ?? [];
  if (prefix === undefined) return { type: 'uri', modality, uri: url };
  return { type: 'blob', modality, ...(mimeType !== undefined && mimeType !== '' && { mime_type: mimeType }), content: url.slice(prefix.length) };
}

/** The conventions' modality of a media type. */
export function modalityOf(mimeType: string | undefined): 'image' | 'audio' | 'video' | 'document' {
  const kind = mimeType?.split('/')[0];
  return kind === 'image' || kind === 'audio' || kind === 'video' ? kind : 'document';
}

/**
 * A file of an answer, in the conventions' form: a `blob`, or where it is larger than content may be, only what it is.
 *
 * @param data base64
 * @param most the most characters of it that are kept
 */
export function answerMedia(data: string, most: number, mimeType: string | undefined, modality: 'image' | 'audio' | 'video' | 'document' = modalityOf(mimeType)): JsonValue {
  const kind = { modality, ...(mimeType !== undefined && { mime_type: mimeType }) };
  return data.length > most ? { type: 'generic', ...kind } : { type: 'blob', ...kind, content: data };
}
