import { mkdir, readdir, readFile, rename, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { openObjectStore, sha256Hex } from '@airlock-ml/stack'
import { expect, test } from 'vitest'
import { bundlePrefix, bundlePrefixOf } from './bundle-uri.ts'
import { canonicalJson } from './canonical-json.ts'
import { fetchBundle } from './fetch.ts'
import { digestsOf, makeSample, type Sample, trustedSigner } from './sample-bundle.test-data.ts'
import { sampleFiles, sampleManifest } from './sample-manifest.test-data.ts'
import { createSigningKey, fileSigner } from './signing.ts'

const paths = [...sampleFiles().keys()]
const all = [...paths, 'manifest.json', 'model.sig']

const expectRefused = async (
  sample: Sample,
  uri: string,
  refusal: { code: string; details?: Record<string, unknown> },
): Promise<void> => {
  await expect(sample.fetch(uri)).rejects.toMatchObject(refusal)
  await expect(stat(sample.stagingDir)).rejects.toThrow('ENOENT')
}

/** A bundle whose manifest was written by hand and signed with the trusted key. */
const forge = async (sample: Sample, manifest: object | Buffer, signed?: Record<string, string>): Promise<string> => {
  const { uri } = await sample.pack()
  const bytes = Buffer.isBuffer(manifest) ? manifest : Buffer.from(canonicalJson(manifest))
  const digest = sha256Hex(bytes)
  const forged = `${sample.exchange.uri}/${bundlePrefix(digest, 1)}`
  await mkdir(dirname(dirname(sample.fileOf(forged, 'x'))), { recursive: true })
  await rename(dirname(sample.fileOf(uri, 'x')), dirname(sample.fileOf(forged, 'x')))
  await writeFile(sample.fileOf(forged, 'manifest.json'), bytes)
  await sample.signAgain(forged, signed ?? (await digestsOf(sample, forged, [...paths, 'manifest.json'])))
  return forged
}

test('a whole bundle is copied into the staging folder, byte for byte', async () => {
  const sample = await makeSample()
  const { uri, digest } = await sample.pack()
  const fetched = await sample.fetch(uri, {
    trustedKeys: [trustedSigner(fileSigner(createSigningKey()), 'other'), trustedSigner(sample.signer)],
  })
  expect(fetched).toMatchObject({ digest, keyHint: sample.signer.keyHint, workspace: 'enterprise-dev-staging' })
  expect(sha256Hex(fetched.manifestBytes)).toBe(digest)
  expect(fetched.manifest.source).toEqual(sampleManifest().source)
  expect([...fetched.files.keys()].sort()).toEqual(paths.toSorted())
  for (const [path, bytes] of sampleFiles()) {
    expect((await readFile(fetched.files.get(path) ?? '')).equals(bytes), path).toBe(true)
  }
  await writeFile(join(sample.stagingDir, 'left-over'), 'x')
  await sample.fetch(uri)
  expect(await readdir(sample.stagingDir)).not.toContain('left-over')
})

test.each(all)('a flipped byte in %s is noticed', async (path) => {
  const sample = await makeSample()
  const { uri } = await sample.pack()
  const bytes = await readFile(sample.fileOf(uri, path))
  bytes[bytes.byteLength - 8] = (bytes[bytes.byteLength - 8] ?? 0) ^ 1
  await writeFile(sample.fileOf(uri, path), bytes)
  await expectRefused(sample, uri, { code: 'bundle_invalid', details: { file: path } })
})

test.each(all)('a truncated %s is noticed', async (path) => {
  const sample = await makeSample()
  const { uri } = await sample.pack()
  const { size } = await stat(sample.fileOf(uri, path))
  await truncate(sample.fileOf(uri, path), size - 1)
  await expectRefused(sample, uri, { code: 'bundle_invalid', details: { file: path } })
})

test.each([...paths, 'manifest.json'])('a missing %s is noticed', async (path) => {
  const sample = await makeSample()
  const { uri } = await sample.pack()
  await rm(sample.fileOf(uri, path))
  await expectRefused(sample, uri, { code: 'bundle_invalid', details: { file: path } })
})

test.each(all)('a link in the place of %s is not followed', async (path) => {
  const sample = await makeSample()
  const { uri } = await sample.pack()
  const real = join(sample.exchangeDir, 'real')
  await rename(sample.fileOf(uri, path), real)
  await symlink(real, sample.fileOf(uri, path))
  await expectRefused(sample, uri, { code: 'bundle_invalid', details: { file: path } })
})

test('a bundle whose whole folder is a link is not followed', async () => {
  const sample = await makeSample()
  const { uri } = await sample.pack()
  const attempt = dirname(sample.fileOf(uri, 'x'))
  await rename(attempt, join(sample.exchangeDir, 'elsewhere'))
  await symlink(join(sample.exchangeDir, 'elsewhere'), attempt)
  await expectRefused(sample, uri, { code: 'bundle_invalid' })
})

test.each(['extra.json', '.gitignore', '.git/config', 'Model.sig', 'artifacts/model.onnx.data', 'a b', 'ｍodel.onnx'])(
  'an extra file %s is noticed',
  async (path) => {
    const sample = await makeSample()
    const { uri } = await sample.pack()
    await mkdir(dirname(sample.fileOf(uri, path)), { recursive: true })
    await writeFile(sample.fileOf(uri, path), 'x')
    await expectRefused(sample, uri, { code: 'bundle_invalid', details: { file: path } })
  },
)

test('an extra link is noticed, and a flood of files is not read to its end', async () => {
  const sample = await makeSample()
  const { uri } = await sample.pack()
  await symlink('/etc/passwd', sample.fileOf(uri, 'passwd'))
  await expectRefused(sample, uri, { code: 'bundle_invalid', details: { file: 'passwd' } })
  await rm(sample.fileOf(uri, 'passwd'))
  await Promise.all(Array.from({ length: 1_000 }, (_, i) => writeFile(sample.fileOf(uri, `f${i}`), '')))
  await expectRefused(sample, uri, { code: 'bundle_invalid', details: { maxFiles: 1_002 } })
})

test('two files of one size that changed places are noticed', async () => {
  const sample = await makeSample()
  const { uri } = await sample.pack()
  const [a, b] = ['artifacts/evaluation.parquet', 'artifacts/reference.parquet'].map((path) => sample.fileOf(uri, path))
  const [ofA, ofB] = [await readFile(a ?? ''), await readFile(b ?? '')]
  expect(ofA.byteLength).toBe(ofB.byteLength)
  await writeFile(a ?? '', ofB)
  await writeFile(b ?? '', ofA)
  await expectRefused(sample, uri, { code: 'bundle_invalid', details: { file: 'artifacts/evaluation.parquet' } })
})

test.each([
  '../../etc/passwd',
  '/etc/passwd',
  'artifacts/../../x',
  'a/b/c',
  'Artifacts/model.onnx',
  'artifacts\\model.onnx',
  'аrtifacts/model.onnx',
  'artifacts/model.onnx\0',
  '.git/config',
  '',
])('a signed manifest that names %j is refused', async (path) => {
  const sample = await makeSample()
  const manifest = sampleManifest()
  const [first, ...others] = manifest.files
  const uri = await forge(sample, { ...manifest, files: [...others, { ...first, path }] })
  await expectRefused(sample, uri, { code: 'bundle_invalid', details: { file: path } })
})

test.each([
  ['a file twice', 'snapshot.json', 'snapshot.json'],
  ['a file that is also a folder', 'artifacts', 'artifacts'],
  ['the signature as a file', 'model.sig', 'model.sig'],
  ['the manifest as a folder', 'manifest.json/x', 'manifest.json'],
])('a signed manifest that names %s is refused', async (_what, path, file) => {
  const sample = await makeSample()
  const manifest = sampleManifest()
  const uri = await forge(sample, { ...manifest, files: [...manifest.files, { ...manifest.files[0], path }] })
  await expectRefused(sample, uri, { code: 'bundle_invalid', details: { file } })
})

test('a signed manifest of a newer version is told apart, whatever else it holds', async () => {
  const sample = await makeSample()
  const uri = await forge(sample, Buffer.from('{ "new": true, "formatVersion": 2 }'))
  await expectRefused(sample, uri, { code: 'bundle_too_new', details: { version: 2, readable: 1 } })
})

test.each<[string, object | Buffer]>([
  ['is no JSON', Buffer.from('{')],
  ['is not canonical', Buffer.from(JSON.stringify(sampleManifest(), null, 2))],
  [
    'says a key twice',
    Buffer.from(`{"formatVersion":1,${Buffer.from(canonicalJson(sampleManifest())).toString().slice(1)}`),
  ],
  ['has an unknown field', { ...sampleManifest(), more: 1 }],
  ['has a version that is no number', { ...sampleManifest(), formatVersion: '2' }],
  ['has no files', { ...sampleManifest(), files: [] }],
  ['is a list', []],
])('a signed manifest that %s is refused', async (_what, manifest) => {
  const sample = await makeSample()
  await expectRefused(sample, await forge(sample, manifest), {
    code: 'bundle_invalid',
    details: { file: 'manifest.json' },
  })
})

test('weights that the signature does not cover are refused, in the manifest or not', async () => {
  const sample = await makeSample()
  const { uri } = await sample.pack()
  const digests = await digestsOf(sample, uri, [...paths, 'manifest.json'])
  const { 'artifacts/model.onnx': _, ...without } = digests
  await sample.signAgain(uri, without)
  await expectRefused(sample, uri, { code: 'bundle_invalid', details: { file: 'artifacts/model.onnx' } })
  await sample.signAgain(uri, { ...digests, 'hidden.bin': sha256Hex('x') })
  await expectRefused(sample, uri, { code: 'bundle_invalid', details: { file: 'hidden.bin' } })
  await sample.signAgain(uri, { ...digests, 'lineage.json': sha256Hex('x') })
  await expectRefused(sample, uri, { code: 'bundle_invalid', details: { file: 'lineage.json' } })
})

test('a bundle under the digest of another is refused', async () => {
  const sample = await makeSample()
  const { uri, digest } = await sample.pack()
  const elsewhere = uri.replace(digest, 'ab'.repeat(32))
  await mkdir(dirname(dirname(sample.fileOf(elsewhere, 'x'))), { recursive: true })
  await rename(dirname(sample.fileOf(uri, 'x')), dirname(sample.fileOf(elsewhere, 'x')))
  await expectRefused(sample, elsewhere, { code: 'bundle_invalid', details: { file: 'manifest.json' } })
})

test('an unknown key, a removed one, and a key of another workspace are not trusted', async () => {
  const sample = await makeSample()
  const { uri } = await sample.pack()
  const { keyHint } = sample.signer
  const other = trustedSigner(fileSigner(createSigningKey()))
  for (const trustedKeys of [[], [other], [trustedSigner(sample.signer, 'somebody-else')]]) {
    await expect(sample.fetch(uri, { trustedKeys })).rejects.toMatchObject({
      code: 'bundle_untrusted',
      details: { keyHint },
    })
  }
  await expect(stat(sample.stagingDir)).rejects.toThrow('ENOENT')
})

test('where no bundle is, or one without a signature, none is found', async () => {
  const sample = await makeSample()
  const { uri } = await sample.pack()
  await expectRefused(sample, uri.replace(/1$/, '9'), { code: 'bundle_not_found' })
  await rm(sample.fileOf(uri, 'model.sig'))
  await expectRefused(sample, uri, { code: 'bundle_not_found' })
})

test('a bundle beyond the limit is refused before it is copied', async () => {
  const sample = await makeSample()
  const { uri, sizeBytes } = await sample.pack()
  await expect(sample.fetch(uri, { limits: { maxTotalBytes: sizeBytes - 1 } })).rejects.toMatchObject({
    code: 'bundle_invalid',
    details: { totalBytes: sizeBytes },
  })
  expect((await sample.fetch(uri, { limits: { maxTotalBytes: sizeBytes } })).files.size).toBe(paths.length)
})

test('an exchange that is not there says so, and a prefix that is none too', async () => {
  const sample = await makeSample()
  const { uri } = await sample.pack()
  const prefix = bundlePrefixOf(sample.exchange.uri, uri)
  const { stagingDir, exchange } = sample
  const away = await openObjectStore(join(sample.exchangeDir, basename(uri)))
  const trustedKeys = [trustedSigner(sample.signer)]
  await expect(fetchBundle({ exchange: away, prefix, stagingDir, trustedKeys })).rejects.toMatchObject({
    code: 'exchange_unreachable',
  })
  await expect(fetchBundle({ exchange, prefix: 'bundles/../x', stagingDir, trustedKeys })).rejects.toMatchObject({
    code: 'exchange_uri_invalid',
  })
})
