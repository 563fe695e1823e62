import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { blocksOf } from './blocks.ts'

const root = join(import.meta.dirname, '../..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')

/** What the command line and services are made of; whoever writes a pipeline has no use for it. */
const ofThePlatform = new Set(
  `filesNamedIn codeOf dependenciesOf lockFiles lendPackages moduleFiles compile comparisonNames loadComparison loadConfig
  loadEnvironment loadPipeline pipelineFile pipelineNames isPipeline moduleFlags loadHooks runPipeline schemaProblems
  planServing callDriftHook loadCheckedOnnx binnedKs ksByChance stabilityByChance DriftWindow judgeDrift NO_VALUE readFeatures divideTable parquetLayout
  readParquetGroup isPackedRow packRows loadCheckedOnnx`.split(/\s+/),
)

/** The values that a package's entry exports. */
const valuesOf = (entry: string): string[] =>
  [...read(entry).matchAll(/^export (type )?\{([^}]*)\}/gm)].flatMap(([, isType, names]) =>
    isType ? [] : names!.split(',').flatMap((name) => /^\s*(?!type )(\w+)\s*$/.exec(name)?.[1] ?? []),
  )

/** Code that tests run: blocks of pages that name a file, and the template. */
const examples = [
  ...globSync('docs/*.md', { cwd: root }).flatMap((page) =>
    blocksOf(read(page)).flatMap(({ info, text }) => (info ? [text] : [])),
  ),
  ...globSync('template/**/*.ts', { cwd: root }).map(read),
].join('\n')

test.each(['sdk/src/index.ts', 'sdk/src/testing/testing.ts', 'tabular/src/index.ts', 'tabular/src/compare.ts'])(
  'every name of %s that a pipeline’s author can use stands in an example that a test runs',
  (entry) => {
    const names = valuesOf(`packages/${entry}`).filter((name) => !ofThePlatform.has(name))
    expect(names.filter((name) => !new RegExp(`\\b${name}\\b`).test(examples))).toEqual([])
  },
)
