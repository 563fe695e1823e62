import { cp, mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { digestsOf, makeSample, type Sample, sampleWorkspace } from './sample-bundle.test-data.ts'
import { sampleFiles } from './sample-manifest.test-data.ts'
import { createSigningKey, publicKeyOf } from './signing.ts'
import { verifyBundleDir } from './verify-dir.ts'

const paths = [...sampleFiles().keys()]

/** A bundle as an auditor gets it: a folder somewhere, and a key from elsewhere. */
const folderOf = async (): Promise<{ sample: Sample; uri: string; digest: string; dir: string }> => {
  const sample = await makeSample()
  const { uri, digest } = await sample.pack()
  const dir = join(sample.exchangeDir, '..', 'Copied Here')
  await cp(join(sample.fileOf(uri, 'x'), '..'), dir, { recursive: true })
  return { sample, uri, digest, dir }
}

const keyed = (sample: Sample, workspace: string | null = null) => [{ publicKey: sample.signer.publicKey, workspace }]

test('a folder is verified with nothing but a key, and by its URI as well', async () => {
  const { sample, uri, digest, dir } = await folderOf()
  const verified = await verifyBundleDir({ place: dir, keys: keyed(sample) })
  expect(verified).toMatchObject({ digest, workspace: null, keyHint: sample.signer.keyHint })
  expect(verified.manifest.source.number).toBe(7)
  expect(verified.manifest.files.map(({ path }) => path).sort()).toEqual(paths.toSorted())
  expect((await verifyBundleDir({ place: uri, keys: keyed(sample, sampleWorkspace) })).workspace).toBe(sampleWorkspace)
})

test('a folder that holds something else is no bundle, whatever lies in it', async () => {
  const { sample, dir } = await folderOf()
  const refused = { code: 'bundle_not_found', message: expect.stringContaining('is not a bundle') }
  for (const place of [join(dir, '..'), join(dir, 'artifacts')])
    await expect(verifyBundleDir({ place, keys: keyed(sample) })).rejects.toMatchObject(refused)
})

test('a key of another workspace does not vouch for it, and a foreign key not at all', async () => {
  const { sample, dir } = await folderOf()
  const other = [{ publicKey: publicKeyOf(createSigningKey()), workspace: null }]
  for (const keys of [keyed(sample, 'enterprise-production'), other, []])
    await expect(verifyBundleDir({ place: dir, keys })).rejects.toMatchObject({ code: 'bundle_untrusted' })
})

test.each([...paths, 'manifest.json', 'model.sig'])('%s changed, missing or a link is named', async (path) => {
  const { sample, dir } = await folderOf()
  const refused = { code: expect.stringMatching(/^bundle_(invalid|not_found)$/) }
  const file = join(dir, path)
  await rename(file, join(dir, '..', 'kept'))
  await expect(verifyBundleDir({ place: dir, keys: keyed(sample) })).rejects.toMatchObject(refused)
  await symlink(join(dir, '..', 'kept'), file)
  await expect(verifyBundleDir({ place: dir, keys: keyed(sample) })).rejects.toMatchObject({ code: 'bundle_invalid' })
  await rm(file)
  await writeFile(file, 'x'.repeat(15))
  await expect(verifyBundleDir({ place: dir, keys: keyed(sample) })).rejects.toMatchObject({
    code: 'bundle_invalid',
    details: { file: path },
  })
})

test('two tables of one size that changed places are noticed', async () => {
  const { sample, dir } = await folderOf()
  const [a, b] = [join(dir, 'artifacts/evaluation.parquet'), join(dir, 'artifacts/reference.parquet')]
  await rename(a, join(dir, '..', 'kept'))
  await rename(b, a)
  await rename(join(dir, '..', 'kept'), b)
  await expect(verifyBundleDir({ place: dir, keys: keyed(sample) })).rejects.toMatchObject({ code: 'bundle_invalid' })
})

test.each(['extra.bin', 'artifacts/extra.bin', '.git/weights.bin', '.tmp/weights.bin', '.gitignore'])(
  'a file %s that nobody named is refused, whatever may be ignored',
  async (path) => {
    const { sample, dir } = await folderOf()
    await mkdir(join(dir, path, '..'), { recursive: true })
    await writeFile(join(dir, path), 'weights')
    await expect(verifyBundleDir({ place: dir, keys: keyed(sample) })).rejects.toMatchObject({
      code: 'bundle_invalid',
    })
  },
)

test('a whole bundle that lies under the digest of another is refused', async () => {
  const { sample, uri } = await folderOf()
  const place = join(sample.exchangeDir, 'bundles', 'f'.repeat(64), 'attempt-1')
  await cp(join(sample.fileOf(uri, 'x'), '..'), place, { recursive: true })
  await expect(verifyBundleDir({ place, keys: keyed(sample) })).rejects.toMatchObject({
    code: 'bundle_invalid',
    details: { file: 'manifest.json' },
  })
})

test('what is signed beside the manifest is refused', async () => {
  const { sample, uri } = await folderOf()
  await sample.signAgain(uri, {
    ...(await digestsOf(sample, uri, [...paths, 'manifest.json'])),
    'hidden.bin': 'a'.repeat(64),
  })
  await expect(verifyBundleDir({ place: uri, keys: keyed(sample) })).rejects.toMatchObject({
    code: 'bundle_invalid',
    details: { file: 'hidden.bin' },
  })
})

test('where nothing is, and where the store is unknown, it says so', async () => {
  const { sample, dir } = await folderOf()
  await expect(verifyBundleDir({ place: join(dir, 'nowhere'), keys: keyed(sample) })).rejects.toMatchObject({
    code: 'bundle_not_found',
  })
  await expect(verifyBundleDir({ place: 'gs://bucket/bundle', keys: keyed(sample) })).rejects.toMatchObject({
    code: 'store_uri_invalid',
  })
})
