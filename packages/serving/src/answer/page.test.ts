import { hash } from 'node:crypto'
import { DeploymentSettings } from '@airlock-ml/contract'
import { expect, test } from 'vitest'
import { startRiskService } from '../../test/risk-service.ts'
import { pageText } from './page.ts'

test('the page runs its own script and style, loads nothing, and shows the model and a field for each feature', async () => {
  const service = await startRiskService()
  try {
    const answer = await fetch(service.url)
    const text = await answer.text()
    const policy = answer.headers.get('content-security-policy')!
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(policy).toContain("default-src 'none'")
    for (const part of ['script', 'style']) {
      const [, inside] = new RegExp(`<${part}>(.*)</${part}>`, 's').exec(text)!
      expect(policy).toContain(`${part}-src 'sha256-${hash('sha256', inside!, 'base64')}'`)
    }
    expect(text).not.toMatch(/src=|https?:|style=/)
    for (const part of ['<dd>risk</dd>', '3 (7 in dev)', 'data-feature="a"', 'data-feature="b"'])
      expect(text).toContain(part)
  } finally {
    await service.drain(0)
  }
})

test('names that come with a model are text, whatever they hold', () => {
  const evil = `"><script>alert(1)</script>'`
  const version = { ...{ id: 'i', model: evil, number: 1, sourceWorkspace: evil, sourceNumber: 1 }, digest: evil }
  const text = pageText(
    {
      plan: { pipeline: evil, model: evil, parameter: evil, answerSchema: null },
      target: { name: evil, settings: DeploymentSettings.parse({}), keys: [] },
      settings: () => DeploymentSettings.parse({}),
    },
    {
      ...{ featureNames: [evil], classLabels: [evil], example: { [evil]: 1 } },
      version: { ...version, artifacts: {} },
    },
  )
  expect(text.match(/<script>/g)).toHaveLength(1)
  expect(text).not.toContain('alert(1)</script>')
  expect(text).toContain('&#34;&#62;&#60;script&#62;alert(1)')
})
