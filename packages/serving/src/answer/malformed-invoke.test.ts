import { afterAll, beforeAll, expect, test } from 'vitest'
import { ask, startRiskService } from '../../test/risk-service.ts'
import type { Service } from './start-service.ts'

let service: Service
beforeAll(async () => {
  service = await startRiskService()
})
afterAll(() => service.drain(0))

const invoke = (body: unknown) => ask(service, body, { path: '/invoke' })
const good = { parameters: { patient: { a: 1, b: 0 } } }

test.each([
  ['nothing', '', 400, 'not JSON'],
  ['null', 'null', 400, 'The body must be an object'],
  ['an array', '[]', 400, 'The body must be an object'],
  ['no parameters', '{}', 400, '`parameters` must be an object'],
  ['parameters of null', '{"parameters":null}', 400, '`parameters` must be an object'],
  ['parameters as an array', '{"parameters":[{"a":1,"b":0}]}', 400, '`parameters` must be an object'],
  ['parameters as text', '{"parameters":"patient"}', 400, '`parameters` must be an object'],
  ['no such parameter', '{"parameters":{}}', 400, 'must have `parameters.patient`'],
  ['another parameter', '{"parameters":{"person":{"a":1,"b":0}}}', 400, 'must have `parameters.patient`'],
  ['one more parameter', '{"parameters":{"patient":{"a":1,"b":0},"x":1}}', 400, '"x" is unknown here'],
  ['a name beside the parameters', '{"parameters":{"patient":{"a":1,"b":0}},"key":"k"}', 400, '"key" is unknown here'],
  ['a prototype as a parameter', '{"parameters":{"__proto__":{"patient":{"a":1,"b":0}}}}', 400, 'parameters.patient'],
  ['a prototype as the body', '{"__proto__":{"parameters":{}}}', 400, '"__proto__" is unknown here'],
  [
    'the parameters twice',
    '{"parameters":{},"parameters":{"patient":{"a":1,"b":0}}}',
    400,
    '"parameters" is given twice',
  ],
  ['a field twice', '{"parameters":{"patient":{"a":1,"a":0,"b":0}}}', 400, '"a" is given twice'],
  ['a row of null', '{"parameters":{"patient":null}}', 400, '`parameters.patient` must be an object'],
  ['a row of text', '{"parameters":{"patient":"a=1"}}', 400, '`parameters.patient` must be an object'],
  ['no rows', '{"parameters":{"patient":[]}}', 400, '`parameters.patient` is empty'],
  ['rows of null', '{"parameters":{"patient":[null]}}', 400, '`parameters.patient[0]` must be an object'],
  ['a key that is a number', '{"parameters":{"patient":{"a":1,"b":0},"key":1}}', 400, '`key` must be text'],
  [
    'a subject without end',
    `{"parameters":{"patient":{"a":1,"b":0},"subject":"${'x'.repeat(201)}"}}`,
    400,
    '`subject`',
  ],
  ['a missing field', '{"parameters":{"patient":{"a":1}}}', 422, '"b" is missing'],
  ['an unknown field', '{"parameters":{"patient":{"a":1,"b":0,"c":0}}}', 422, '"c" is unknown'],
  ['a number beyond 64 bits', '{"parameters":{"patient":{"a":1e999,"b":0}}}', 422, '"a" is not finite'],
  ['a number beyond 32 bits', '{"parameters":{"patient":{"a":1e308,"b":0}}}', 422, '"a" is too large'],
  ['one bad row of two', '{"parameters":{"patient":[{"a":1,"b":0},{"a":"1","b":0}]}}', 422, 'Row 2 of 2'],
])('%s is refused, and says why', async (_, body, status, why) => {
  const said = await invoke(body)
  expect(said).toMatchObject({ status, body: { status, remedy: expect.any(String) } })
  expect(said.body.detail).toContain(why)
  expect(await invoke(good)).toMatchObject({ status: 200, body: { label: 'yes' } })
})
