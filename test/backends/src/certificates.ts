// tsyringe, which @peculiar/x509 is built on, asks for it first.
import 'reflect-metadata';
import { randomBytes, webcrypto } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';

/** Paths of PEM files: an authority of our own, and a server's certificate for 127.0.0.1 and localhost that it signed. */
export interface Certificates {
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
  remove(): Promise<void>;
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const DAY_MS = 86_400_000;

/** Makes them anew in a temporary folder, good for a day. */
export async function makeCertificates(): Promise<Certificates> {
  const validity = { notBefore: new Date(Date.now() - DAY_MS), notAfter: new Date(Date.now() + DAY_MS), signingAlgorithm: ALGORITHM };
  const authorityKeys = await newKeys();
  const authority = await x509.X509CertificateGenerator.createSelfSigned({
    ...validity,
    serialNumber: randomBytes(8).toString('hex'),
    name: 'CN=Test authority',
    keys: authorityKeys,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
    ],
  });
  const serverKeys = await newKeys();
  const server = await x509.X509CertificateGenerator.create({
    ...validity,
    serialNumber: randomBytes(8).toString('hex'),
    subject: 'CN=localhost',
    issuer: authority.subject,
    publicKey: serverKeys.publicKey,
    signingKey: authorityKeys.privateKey,
    extensions: [
      new x509.SubjectAlternativeNameExtension([
        { type: 'dns', value: 'localhost' },
        { type: 'ip', value: '127.0.0.1' },
      ]),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
    ],
  });
  const folder = await mkdtemp(join(tmpdir(), 'outspan-certificates-'));
  const paths = { authority: join(folder, 'authority.pem'), certificate: join(folder, 'server.pem'), key: join(folder, 'server-key.pem') };
  await writeFile(paths.authority, authority.toString('pem'));
  await writeFile(paths.certificate, server.toString('pem'));
  await writeFile(paths.key, x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', serverKeys.privateKey), 'PRIVATE KEY'), { mode: 0o600 });
  return { ...paths, remove: () => rm(folder, { recursive: true, force: true }) };
}

function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
}
