import { expect, test } from 'vitest'
import { sharedWorkspaces } from '../../test/shared-workspaces.ts'
import { project, sha256, upload } from '../../test/two-workspaces.ts'

const { dev } = sharedWorkspaces()

type Options = { type?: 'text' | 'json'; tags?: string[]; metadata?: Record<string, string> }

async function register(name: string, text: string, { type = 'text', ...options }: Options = {}) {
  const digest = await upload(dev.root, Buffer.from(text))
  return dev.root('registerArtifact', { project, body: { name, type, digest, ...options } })
}
const find = (name: string, which: { version?: number; digest?: string } = {}) =>
  dev.root('findArtifact', { project, name, ...which })

test('other bytes are the next version, the bytes of the newest are that version again, and older ones a new one', async () => {
  const versions: number[] = []
  for (const text of ['one', 'one', 'two', 'one']) versions.push((await register('customers', text)).version)
  expect(versions).toEqual([1, 1, 2, 3])
  expect(await find('customers')).toMatchObject({
    version: 3,
    digest: sha256(Buffer.from('one')),
    registeredBy: 'root',
  })
  expect(await find('customers', { version: 2 })).toMatchObject({ digest: sha256(Buffer.from('two')), deleted: null })
  expect(await find('customers', { digest: sha256(Buffer.from('one')) })).toMatchObject({ version: 3 })
  expect((await dev.root('listArtifacts', { project, name: 'customers' })).items).toHaveLength(4)
})

test('what is not there is refused by name, with what is there', async () => {
  await register('prices', '1')
  await expect(find('price')).rejects.toMatchObject({
    code: 'artifact_not_found',
    message: expect.stringContaining('Did you mean "prices"?'),
  })
  await expect(find('prices', { version: 9 })).rejects.toMatchObject({
    message: expect.stringContaining('prices has no version 9. Its newest is version 1'),
  })
  await expect(find('prices', { digest: 'a'.repeat(64) })).rejects.toMatchObject({
    message: expect.stringContaining(`prices has no version with the SHA-256 ${'a'.repeat(64)}.`),
  })
  await expect(register('prices', '{}', { type: 'json' })).rejects.toMatchObject({ code: 'artifact_type_differs' })
  await expect(
    dev.root('registerArtifact', { project, body: { name: 'prices', type: 'text', digest: 'b'.repeat(64) } }),
  ).rejects.toMatchObject({ code: 'blob_not_found' })
  await expect(
    dev.root('registerArtifact', { project, body: { name: 'a.b', type: 'text', digest: 'b'.repeat(64) } }),
  ).rejects.toMatchObject({ code: 'request_invalid' })
})

test('tags and notes are set, unset, listed by and on record; what changes nothing is not', async () => {
  await register('events', '1', { tags: ['raw'], metadata: { source: 'crm' } })
  await register('events', '2')
  const annotate = (body: object) => dev.root('annotateArtifact', { project, name: 'events', version: 1, body })
  expect(await annotate({ tag: ['keep'], set: { owner: 'ada', rows: 3 } })).toMatchObject({
    version: 1,
    tags: ['keep', 'raw'],
    notes: { owner: 'ada', rows: 3 },
    metadata: { source: 'crm' },
  })
  expect(await annotate({ untag: ['raw', 'none'], unset: ['rows'] })).toMatchObject({
    tags: ['keep'],
    notes: { owner: 'ada' },
  })
  await annotate({ tag: ['keep'], set: { owner: 'ada' } })
  await expect(annotate({ set: { fits: 'x'.repeat(9_998), story: 'x'.repeat(9_999) } })).rejects.toMatchObject({
    code: 'request_invalid',
    details: {
      body: [{ path: 'set.story', message: expect.stringContaining('10,000 characters') }],
    },
  })
  const tagged = async (tag: string) =>
    (await dev.root('listArtifacts', { project, tag })).items.map(({ name, version }) => [name, version])
  expect([await tagged('keep'), await tagged('raw')]).toEqual([[['events', 1]], []])

  const events = async (type: string) => (await dev.root('listAuditEvents', { type })).items
  expect(await events('artifact.annotated')).toMatchObject([
    { subject: { kind: 'artifact', id: 'events/1' }, before: { tags: ['keep', 'raw'] }, after: { tags: ['keep'] } },
    { actor: { name: 'root' }, before: { tags: ['raw'], notes: {} }, after: { notes: { owner: 'ada', rows: 3 } } },
  ])
  expect((await events('artifact.registered'))[0]).toMatchObject({
    subject: { id: 'events/2', digest: sha256(Buffer.from('2')) },
  })
  await expect(dev.root('annotateArtifact', { project, name: 'events', version: 7, body: {} })).rejects.toMatchObject({
    code: 'artifact_not_found',
  })
})
