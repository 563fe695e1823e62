import { expect, test } from 'vitest'
import { settingsFrom } from './settings.ts'

test('settings are named with their group, and valued as JSON or text', () => {
  const pairs = ['port=8123', 'onRecall=go-on', 'limits.requestsPerSecond=null', 'limits.bodyBytes=2048', 'host=::1']
  expect(settingsFrom([...pairs, 'corsOrigins=["https://app.example"]', 'log.durable=true'])).toEqual({
    port: 8123,
    onRecall: 'go-on',
    host: '::1',
    corsOrigins: ['https://app.example'],
    limits: { requestsPerSecond: null, bodyBytes: 2048 },
    log: { durable: true },
  })
  expect(settingsFrom([])).toEqual({})
})

test.each([
  'port',
  'port=high',
  'prot=8123',
  'limits.no=1',
  'port.x=1',
  '=1',
  '__proto__.x=1',
  'constructor=1',
  'a.b.c=1',
])('what is none is refused, as %s', (pair) => {
  expect(() => settingsFrom([pair])).toThrow(expect.objectContaining({ code: 'cli_usage_invalid' }))
})
