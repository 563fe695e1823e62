import { afterAll, beforeAll, expect, test } from 'vitest'
import { answering, ask, planOf, startRiskService } from '../../test/risk-service.ts'
import { riskModel, riskVersion } from '../../test/served-risk.ts'
import { loadVersion } from './loaded-version.ts'
import type { Service } from './start-service.ts'

// Says yes where the first is one. A row is text: in a literal, __proto__ would be no field.
const names = ['größe in µm', '__proto__']
const rowOf = (first: string, second: string) => `{"row":{${JSON.stringify(names[0])}:${first},"__proto__":${second}}}`

let service: Service
beforeAll(async () => {
  const plan = planOf(answering)
  const onnx = riskModel([0, 0, 1, 1], ['a', 'b'], names)
  const champion = await loadVersion(plan, { version: riskVersion(3, onnx), bytesOf: async () => onnx })
  service = await startRiskService({ champion })
})
afterAll(() => service.drain(0))

test('features in any script, and such as a prototype has, are asked about by their names', async () => {
  expect(await ask(service, rowOf('1', '0'))).toMatchObject({ status: 200, body: { label: 'yes' } })
  expect(await ask(service, rowOf('0', '1'))).toMatchObject({ status: 200, body: { label: 'no' } })
})

test.each([
  ['{"row":{}}', '"größe in µm" is missing, "__proto__" is missing'],
  ['{"row":{"größe in µm":1}}', '"__proto__" is missing'],
  [rowOf('1', '{}'), '"__proto__" is not a number'],
  // The same letters in another form of Unicode are another name.
  [`{"row":{${JSON.stringify(names[0]!.normalize('NFD'))}:1,"__proto__":0}}`, '"größe in µm" is missing'],
])('%s is refused by name', async (body, why) => {
  const { status, body: problem } = await ask(service, body)
  expect([status, problem.detail]).toEqual([422, expect.stringContaining(why)])
})

test('the document and the page have them, too', async () => {
  const document = (await (await fetch(`${service.url}/openapi.json`)).json()) as {
    components: { schemas: { Row: { required: string[]; properties: object; example: object } } }
  }
  const { Row } = document.components.schemas
  expect([Row.required, Object.keys(Row.properties), Object.keys(Row.example)]).toEqual([names, names, names])
  const page = await (await fetch(service.url)).text()
  for (const name of names) expect(page).toContain(`data-feature="${name}"`)
})
