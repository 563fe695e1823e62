import { API_PREFIX, api, commonErrors, type ErrorCode, errors, Problem, type Route } from '@airlock-ml/contract'
import type { Hono } from 'hono'
import { z } from 'zod'
import { version } from '../version.ts'

type Schema = Record<string, unknown>

/** The OpenAPI 3.1 document of the contract's routes. */
export function openapi(): Schema {
  const schemas: Record<string, Schema> = {}
  const refer = schemaReferences(schemas)
  const paths: Record<string, Record<string, Schema>> = {}
  for (const [operationId, route] of Object.entries(api) as [string, Route][]) {
    const path = API_PREFIX + route.path
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(operationId, route, refer) }
  }
  refer(Problem, 'output')
  return {
    openapi: '3.1.0',
    info: { title: 'Airlock workspace', version, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    security: [{ apiKey: [] }],
    paths,
    components: { securitySchemes: { apiKey: { type: 'http', scheme: 'bearer' } }, schemas },
  }
}

/** Answers `/openapi.json`, made at the first request. */
export function serveOpenapi(app: Hono): void {
  let document: Schema | undefined
  app.get('/openapi.json', (c) => {
    document ??= openapi()
    return c.json(document)
  })
}

type Refer = (schema: z.ZodType, io: 'input' | 'output') => Schema

function operationOf(operationId: string, route: Route, refer: Refer): Schema {
  const parameters = [...parametersOf('path', route.params, refer), ...parametersOf('query', route.query, refer)]
  if (route.creates)
    parameters.push({
      name: 'Idempotency-Key',
      in: 'header',
      required: false,
      schema: { type: 'string', maxLength: 200 },
    })
  const octets = { 'application/octet-stream': {} }
  const json = (schema: z.ZodType, io: 'input' | 'output') => ({ 'application/json': { schema: refer(schema, io) } })
  return {
    operationId,
    summary: route.summary,
    tags: [route.path.split('/').find((part) => part && !part.startsWith('{') && part !== 'projects') ?? 'projects'],
    ...(route.action === 'public' && { security: [] }),
    parameters,
    ...(route.body && { requestBody: { required: true, content: json(route.body, 'input') } }),
    ...(route.bytes === 'request' && { requestBody: { required: true, content: octets } }),
    responses: {
      [route.status ?? 200]: {
        description: route.summary,
        content: route.bytes === 'response' ? octets : json(route.response, 'output'),
      },
      ...(route.held && {
        202: { description: 'It waits for a second person.', content: json(route.held, 'output') },
      }),
      ...problemsOf([...commonErrors, ...route.errors]),
    },
  }
}

/** Errors by status: two codes may share one. */
function problemsOf(codes: readonly ErrorCode[]): Record<string, Schema> {
  const byStatus = Map.groupBy([...new Set(codes)], (code) => errors[code].status)
  return Object.fromEntries(
    [...byStatus].map(([status, some]) => [
      String(status),
      {
        description: some.map((code) => `\`${code}\`: ${errors[code].title}.`).join(' '),
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    ]),
  )
}

function parametersOf(where: 'path' | 'query', schema: z.ZodObject | undefined, refer: Refer): Schema[] {
  return Object.entries(schema?.shape ?? {}).map(([name, part]) => {
    const { description, ...rest } = refer(part as z.ZodType, 'output')
    return {
      name,
      in: where,
      required: where === 'path' || !(part as z.ZodType).safeParse(undefined).success,
      ...(typeof description === 'string' && { description }),
      schema: rest,
    }
  })
}

/** Turns zod schemas into JSON Schema whose named parts live once, in `schemas`. An input that differs is `NameInput`. */
function schemaReferences(schemas: Record<string, Schema>): Refer {
  return (schema, io) => {
    const {
      $schema: _,
      $defs = {},
      ...root
    } = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as Schema & { $defs?: Record<string, Schema> }
    const names = new Map<string, string>()
    const ownName = z.globalRegistry.get(schema)?.id
    const rename = (part: Schema): Schema =>
      JSON.parse(JSON.stringify(part), (key, value: unknown) => {
        if (key !== '$ref' || typeof value !== 'string') return value
        if (value === '#') return `#/components/schemas/${names.get('#')}`
        const name = value.replace('#/$defs/', '')
        return `#/components/schemas/${names.get(name) ?? name}`
      }) as Schema
    const parts = { ...$defs, ...(ownName && { '#': root }) }
    for (const id of Object.keys(parts)) names.set(id, nameFor(id === '#' ? ownName! : id, io))
    for (const [id, part] of Object.entries(parts)) {
      const { id: _id, ...body } = rename(part)
      schemas[names.get(id)!] ??= body
    }
    return ownName ? { $ref: `#/components/schemas/${names.get('#')}` } : rename(root)
  }
}

const nameFor = (id: string, io: 'input' | 'output') => (io === 'output' ? id : `${id}Input`)
