import { afterAll, beforeAll, expect, test } from 'vitest'
import { ask, startRiskService } from '../../test/risk-service.ts'
import type { Service } from './start-service.ts'

let service: Service
beforeAll(async () => {
  service = await startRiskService()
})
afterAll(() => service.drain(0))

const good = '{"row":{"a":1,"b":0}}'
const deep = (depth: number, inside = '1') => `${'['.repeat(depth)}${inside}${']'.repeat(depth)}`

test.each([
  ['nothing', '', 400, 'not JSON'],
  ['half of it', '{"row":{"a":1', 400, 'not JSON'],
  ['NaN', '{"row":{"a":NaN,"b":0}}', 400, 'not JSON'],
  ['Infinity', '{"row":{"a":Infinity,"b":0}}', 400, 'not JSON'],
  ['a byte order mark', `\ufeff${good}`, 400, 'not JSON'],
  ['a hundred thousand brackets', deep(100_000), 400, 'must be an object'],
  ['brackets that are never closed', '['.repeat(500_000), 400, 'not JSON'],
  ['a row of a hundred thousand brackets', `{"row":${deep(100_000)}}`, 400, '`row` must be an object'],
  ['a feature of a hundred thousand brackets', `{"row":{"a":${deep(100_000)},"b":0}}`, 422, '"a" is not a number'],
  ['a text', '"row"', 400, 'The body must be an object'],
  ['null', 'null', 400, 'The body must be an object'],
  ['a row of null', '{"row":null}', 400, '`row` must be an object'],
  ['a row as an array', '{"row":[1,0]}', 400, '`row` must be an object'],
  ['rows of numbers', '{"rows":[1]}', 400, '`rows[0]` must be an object'],
  ['rows of arrays', '{"rows":[{"a":1,"b":0},[1,0]]}', 400, '`rows[1]` must be an object'],
  ['another name beside the row', '{"row":{"a":1,"b":0},"rwo":1}', 400, '"rwo" is unknown here'],
  ['a prototype beside the row', '{"row":{"a":1,"b":0},"__proto__":{}}', 400, '"__proto__" is unknown here'],
  ['a prototype in the row', '{"row":{"a":1,"b":0,"__proto__":{"a":1}}}', 422, '"__proto__" is unknown'],
  ['a row out of a prototype', '{"row":{"__proto__":{"a":1,"b":0}}}', 422, '"a" is missing'],
  ['a constructor in the row', '{"row":{"a":1,"b":0,"constructor":1}}', 422, '"constructor" is unknown'],
  ['a name in other letters', '{"row":{"а":1,"b":0}}', 422, '"a" is missing, "а" is unknown'],
  ['a name with a NUL', '{"row":{"a\\u0000":1,"b":0}}', 422, '"a\\u0000" is unknown'],
  ['the same field twice', '{"row":{"a":1,"a":0,"b":0}}', 400, '"a" is given twice'],
  ['the same field twice, once escaped', '{"row":{"a":1,"\\u0061":0,"b":0}}', 400, '"a" is given twice'],
  ['the row twice', '{"row":{"a":1,"b":0},"row":{"a":0,"b":0}}', 400, '"row" is given twice'],
  ['a field twice beside a key with a colon', '{"key":"a:1","row":{"a":1,"a":0,"b":0}}', 400, '"a" is given twice'],
  ['no field', '{"row":{}}', 422, '"a" is missing, "b" is missing'],
  ['null for a field', '{"row":{"a":null,"b":0}}', 422, '"a" is not a number'],
  ['a text for a field', '{"row":{"a":"1","b":0}}', 422, '"a" is not a number'],
  ['true for a field', '{"row":{"a":true,"b":0}}', 422, '"a" is not a number'],
  ['an array for a field', '{"row":{"a":[1],"b":0}}', 422, '"a" is not a number'],
  ['an object for a field', '{"row":{"a":{"a":1},"b":0}}', 422, '"a" is not a number'],
  ['a number beyond 64 bits', '{"row":{"a":1e999,"b":0}}', 422, '"a" is not finite'],
  ['a number beyond 32 bits', '{"row":{"a":1e39,"b":0}}', 422, '"a" is too large'],
  ['a larger one', '{"row":{"a":1e308,"b":-1e308}}', 422, '"a" is too large, "b" is too large'],
  ['one bad row of three', '{"rows":[{"a":1,"b":0},{"a":1},{}]}', 422, 'Row 2 of 3 was not taken: "b" is missing'],
  ['a key of half a pair', '{"row":{"a":1,"b":0},"key":"\\ud800"}', 400, '`key` must be text'],
  ['an empty subject', '{"row":{"a":1,"b":0},"subject":""}', 400, '`subject` must be text'],
])('%s is refused, and says why', async (_, body, status, why) => {
  const said = await ask(service, body)
  expect(said).toMatchObject({ status, body: { status, remedy: expect.any(String) } })
  expect(said.body.detail).toContain(why)
  expect(await ask(service, good)).toMatchObject({ status: 200, body: { label: 'yes' } })
})

test('bytes that are no UTF-8 are refused; a key in any script with a colon is taken', async () => {
  const latin = new Uint8Array(Buffer.from('{"row":{"a":1,"b":0},"key":"\xe9"}', 'latin1'))
  expect(await ask(service, latin)).toMatchObject({ status: 400, body: { detail: 'The body is not UTF-8.' } })
  expect(await ask(service, { row: { a: 1, b: 0 }, key: 'Müller: 患者 \u2028 😀' })).toMatchObject({ status: 200 })
})

test('of many unknown fields some are named, and the rest are counted', async () => {
  const row = Object.fromEntries(Array.from({ length: 20_000 }, (_, at) => [`field ${at}`, 1]))
  const { status, body } = await ask(service, { row })
  expect(status).toBe(422)
  expect(body.detail).toMatch(/ and 19997 more\.$/)
  expect(JSON.stringify(body).length).toBeLessThan(5_000)
})
