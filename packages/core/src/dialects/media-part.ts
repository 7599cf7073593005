import type { JsonValue } from '../body/json.ts';
import { asText } from '../body/json-access.ts';

const DATA_URL = /^data:([^;,]*)(;base64)?,/;

/** The conventions' modalities. */
export type Modality = 'image' | 'audio' | 'video' | 'document';

/** A file in the conventions' form. `data` is base64. */
export function blobPart(modality: Modality, data: unknown, mimeType: string | undefined): JsonValue {
  return { type: 'blob', modality, ...(mimeType !== undefined && { mime_type: mimeType }), content: asText(data) ?? '' };
}

/** An image, sound or document that is given by its address, in the conventions' form: a data URL is a `blob`, any other a `uri`. */
export function mediaPart(modality: Modality, url: string | undefined): JsonValue {
  if (url === undefined) return { type: 'uri', modality, uri: '' };
  const [prefix, mimeType] = DATA_URL.exec(url.slice(0, 256)) ?? [];
  if (prefix === undefined) return { type: 'uri', modality, uri: url };
  return blobPart(modality, url.slice(prefix.length), mimeType === '' ? undefined : mimeType);
}

/** The conventions' modality of a media type. */
export function modalityOf(mimeType: string | undefined): Modality {
  const kind = mimeType?.split('/')[0];
  return kind === 'image' || kind === 'audio' || kind === 'video' ? kind : 'document';
}

/**
 * A file of an answer, in the conventions' form: a `blob`, or where it is larger than content may be, only what it is.
 *
 * @param data base64
 * @param most the most characters of it that are kept
 */
export function answerMedia(data: string, most: number, mimeType: string | undefined, modality: Modality = modalityOf(mimeType)): JsonValue {
  if (data.length <= most) return blobPart(modality, data, mimeType);
  return { type: 'generic', modality, ...(mimeType !== undefined && { mime_type: mimeType }) };
}
