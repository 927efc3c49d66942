import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Files of a throw-away certificate authority and of what it signed. */
export interface Pki {
  readonly folder: string;
  readonly ca: string;
  /** Serving certificate for 127.0.0.1. */
  readonly serving: KeyPair;
  /** By which the API server proves itself to a kubelet. */
  readonly kubeletClient: KeyPair;
  /** Signs service account tokens: private and public key, no certificate. */
  readonly serviceAccounts: KeyPair;
}

export interface KeyPair {
  readonly key: string;
  readonly certificate: string;
}

/** Makes the certificate authority and the certificates of one control plane, good for a year. */
export async function createPki(folder: string): Promise<Pki> {
  mkdirSync(folder, { recursive: true });
  const file = (name: string): string => path.join(folder, name);
  await openssl(['req', '-x509', ...NEW_KEY, '-days', '365', '-subj', '/CN=control-plane-ca', '-keyout', file('ca.key'), '-out', file('ca.crt')]);
  const addresses = 'IP:127.0.0.1,IP:10.0.0.1,DNS:localhost,DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc';
  const [serving, kubeletClient] = await Promise.all([
    sign(folder, 'serving', '/CN=kube-apiserver', `subjectAltName=${addresses}\nextendedKeyUsage=serverAuth\n`),
    sign(folder, 'kubelet-client', '/O=system:masters/CN=kube-apiserver-kubelet-client', 'extendedKeyUsage=clientAuth\n'),
  ]);
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const serviceAccounts = { key: file('service-accounts.key'), certificate: file('service-accounts.pub') };
  writeFileSync(serviceAccounts.key, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  writeFileSync(serviceAccounts.certificate, publicKey.export({ type: 'spki', format: 'pem' }));
  return { folder, ca: file('ca.crt'), serving, kubeletClient, serviceAccounts };
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

async function sign(folder: string, name: string, subject: string, extensions: string): Promise<KeyPair> {
  const file = (suffix: string): string => path.join(folder, `${name}.${suffix}`);
  writeFileSync(file('ext'), extensions);
  await openssl(['req', ...NEW_KEY, '-subj', subject, '-keyout', file('key'), '-out', file('csr')]);
  const authority = ['-CA', path.join(folder, 'ca.crt'), '-CAkey', path.join(folder, 'ca.key'), '-CAserial', file('srl'), '-CAcreateserial'];
  await openssl(['x509', '-req', '-in', file('csr'), ...authority, '-days', '365', '-extfile', file('ext'), '-out', file('crt')]);
  return { key: file('key'), certificate: file('crt') };
}

async function openssl(args: readonly string[]): Promise<void> {
  try {
    await run('openssl', args);
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new Error(missing ? 'openssl was not found: it makes the certificates of the control plane' : `openssl ${args[0]}: ${error}`);
  }
}
