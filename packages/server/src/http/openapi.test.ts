import { API_PREFIX, api, type Route } from '@airlock-ml/contract'
import { Validator } from '@seriousme/openapi-schema-validator'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect, test } from 'vitest'
import { sampleRequest } from '../../test/sample.ts'
import { sharedWorkspaces } from '../../test/shared-workspaces.ts'
import { project } from '../../test/two-workspaces.ts'
import { openapi } from './openapi.ts'

type Operation = { operationId: string; parameters: { name: string; in: string }[]; responses: Record<string, object> }

const document = openapi() as { paths: Record<string, Record<string, Operation>> }
const judged = async (specification: typeof document) => {
  const { valid, errors } = await new Validator().validate(structuredClone(specification))
  return { valid, errors }
}
// `Problem` and the like are found below the document, as a reader of it would.
const schemas = new Ajv2020({ strict: false, validateFormats: false }).addSchema(document, 'openapi.json')
const answerSchema = (pointer: string[]) => {
  const escaped = pointer.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1')))
  return schemas.getSchema(`openapi.json#/${escaped.join('/')}/schema`)!
}

const both = sharedWorkspaces()

test('an outside tool finds the document to be OpenAPI 3.1, and would not find a broken one so', async () => {
  expect(await judged(document)).toEqual({ valid: true, errors: undefined })
  const broken = structuredClone(document)
  for (const operation of Object.values(broken.paths[`${API_PREFIX}/whoami`]!)) operation.responses = { fine: {} }
  expect(await judged(broken)).toMatchObject({ valid: false })
})

test('every parameter in a path is declared, and nothing else as one', () => {
  for (const [path, operations] of Object.entries(document.paths))
    for (const { operationId, parameters } of Object.values(operations)) {
      const declared = parameters.filter((one) => one.in === 'path').map(({ name }) => name)
      expect([operationId, ...declared.sort()]).toEqual([
        operationId,
        ...[...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort(),
      ])
    }
})

test('what the server answers is what the document says, by an outside tool', async () => {
  const key = await both.dev.keyOf('root')
  const reads = Object.entries(api as Record<string, Route>).filter(
    ([, { method, bytes }]) => method === 'GET' && bytes === undefined,
  )
  const found: string[] = []
  for (const [operation, route] of reads) {
    const headers = { authorization: `Bearer ${key}` }
    const path = API_PREFIX + sampleRequest(route, project).path
    const response = await both.dev.workspace.fetch(`http://workspace${path}`, { headers })
    const type = response.ok ? 'application/json' : 'application/problem+json'
    const told = answerSchema([
      'paths',
      API_PREFIX + route.path,
      'get',
      'responses',
      String(response.status),
      'content',
      type,
    ])
    const body: unknown = await response.json()
    expect([operation, told(body), told.errors]).toEqual([operation, true, null])
    if (response.ok) found.push(operation)
  }
  expect(found).toEqual(
    expect.arrayContaining(['whoami', 'listUsers', 'listPolicies', 'showPolicy', 'listAuditEvents']),
  )
  expect(found.length).toBeGreaterThan(20)
})
