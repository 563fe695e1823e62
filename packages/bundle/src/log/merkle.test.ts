import { expect, test } from 'vitest'
import { Frontier, growFrontier } from './frontier.ts'
import {
  consistencyRanges,
  emptyRoot,
  foldPeaks,
  hashRange,
  inclusionRanges,
  leafHash,
  leafHashOfText,
  type NodePlace,
  nodeHash,
  nodesOfRange,
} from './merkle.ts'
import { verifyConsistency, verifyInclusion } from './proof.ts'

/** The inputs and roots that the reference implementation of Certificate Transparency is tested with. */
const inputs = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f']
const roots = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
]
const leaves = inputs.map((hex) => leafHash(Buffer.from(hex, 'hex')))

const hex = (hashes: readonly Buffer[]) => hashes.map((hash) => hash.toString('hex'))

/** The tree by the definition of RFC 6962, 2.1. */
const definition = (part: readonly Buffer[]): Buffer => {
  if (part.length === 0) return emptyRoot()
  if (part.length === 1) return part[0]!
  let split = 1
  while (split * 2 < part.length) split *= 2
  return nodeHash(definition(part.slice(0, split)), definition(part.slice(split)))
}

const reader =
  (all: readonly Buffer[]) =>
  ({ level, position }: NodePlace) =>
    definition(all.slice(position * 2 ** level, (position + 1) * 2 ** level))

const many = Array.from({ length: 40 }, (_, at) => leafHash(Buffer.from(`leaf ${at}`)))
const inclusion = (index: number, size: number, all = many) =>
  inclusionRanges(index, size).map((range) => hashRange(range, reader(all)))
const consistency = (older: number, size: number, all = many) =>
  consistencyRanges(older, size).map((range) => hashRange(range, reader(all)))
const headOf = (size: number) => ({ size, root: definition(many.slice(0, size)) })

test.each(roots.map((root, size) => ({ root, size })))(
  'the root of the reference leaves 0 to $size',
  ({ root, size }) => {
    const frontier = new Frontier()
    for (const leaf of leaves.slice(0, size)) frontier.append(leaf)
    expect(frontier.root().toString('hex')).toBe(root)
    expect(hashRange({ from: 0, to: size }, reader(leaves)).toString('hex')).toBe(root)
  },
)

test('the inclusion proofs of the reference', () => {
  expect(hex(inclusion(0, 8, leaves))).toEqual([
    '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
    '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
    '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
  ])
  expect(hex(inclusion(5, 8, leaves))).toEqual([
    'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
    'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
    'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  ])
  expect(hex(inclusion(2, 3, leaves))).toEqual([roots[2]])
})

test('the consistency proofs of the reference', () => {
  expect(consistency(1, 1, leaves)).toEqual([])
  expect(hex(consistency(6, 8, leaves))).toEqual([
    '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
    'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
    'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  ])
  expect(hex(consistency(2, 5, leaves))).toEqual([
    '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
    'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
  ])
})

test('a frontier grown leaf by leaf has the root of the definition, tells each complete node, and can be kept as text', () => {
  let frontier = new Frontier()
  const nodes = new Map<string, string>()
  for (const [at, leaf] of many.entries()) {
    frontier = new Frontier(frontier.size, frontier.text)
    frontier.append(leaf, ({ level, position, hash }) => nodes.set(`${level}/${position}`, hash.toString('hex')))
    expect(frontier.root()).toEqual(definition(many.slice(0, at + 1)))
  }
  for (const [place, hash] of nodes) {
    const [level, position] = place.split('/').map(Number) as [number, number]
    expect(reader(many)({ level, position }).toString('hex')).toBe(hash)
  }
  expect(nodes.size).toBe(20 + 10 + 5 + 2 + 1)
})

test('a frontier grown as text is the same, and completes the same nodes', () => {
  const frontier = new Frontier()
  let text = ''
  for (const [size, leaf] of many.entries()) {
    const completed: Buffer[] = []
    frontier.append(leaf, ({ hash }) => completed.push(hash))
    const grown = growFrontier({ size, frontier: text }, leaf.toString('hex'))
    expect(grown).toEqual({ frontier: frontier.text, nodes: hex(completed).join('') })
    text = grown.frontier
  }
})

test('the leaf of a text is that of its bytes', () => {
  for (const entry of ['', '{"a":"é😀\u0000"}'])
    expect(leafHashOfText(entry)).toBe(hex([leafHash(Buffer.from(entry))])[0])
})

test('a frontier that is not of that size is refused', () => {
  expect(() => new Frontier(3, 'ab'.repeat(32))).toThrow(/tree of 3/)
  expect(() => growFrontier({ size: 3, frontier: 'ab'.repeat(32) }, 'ab'.repeat(32))).toThrow(/tree of 3/)
})

test('every leaf of every tree has a proof, which proves nothing else', () => {
  for (let size = 1; size <= many.length; size++) {
    const { root } = headOf(size)
    for (let index = 0; index < size; index++) {
      const path = inclusion(index, size)
      const leaf = many[index]!
      expect(verifyInclusion({ index, size, leaf }, path, root)).toBe(true)
      expect(verifyInclusion({ index: (index + 1) % size, size, leaf }, path, root)).toBe(size === 1)
      expect(verifyInclusion({ index, size, leaf: many[(index + 1) % 40]! }, path, root)).toBe(false)
      expect(verifyInclusion({ index, size, leaf }, [...path, leaf], root)).toBe(false)
      expect(verifyInclusion({ index, size, leaf }, path.slice(1), root)).toBe(size === 1)
    }
    expect(verifyInclusion({ index: size, size, leaf: many[0]! }, [], root)).toBe(false)
  }
})

test('every tree is shown to continue every earlier one, and no other', () => {
  for (let size = 1; size <= many.length; size++) {
    for (let older = 0; older <= size; older++) {
      const path = consistency(older, size)
      expect(verifyConsistency(headOf(older), headOf(size), path)).toBe(true)
      expect(verifyConsistency({ size: older, root: many[0]! }, headOf(size), path)).toBe(older === 1)
      if (older < size) expect(verifyConsistency(headOf(older), { size, root: many[39]! }, path)).toBe(older === 0)
      expect(verifyConsistency(headOf(older), headOf(size), [...path, many[0]!])).toBe(false)
      if (path.length > 0) expect(verifyConsistency(headOf(older), headOf(size), path.slice(1))).toBe(false)
    }
  }
  expect(verifyConsistency(headOf(5), headOf(4), [])).toBe(false)
})

test('a range falls into complete subtrees, longest first', () => {
  expect(nodesOfRange({ from: 8, to: 15 })).toEqual([
    { level: 2, position: 2 },
    { level: 1, position: 6 },
    { level: 0, position: 14 },
  ])
  expect(foldPeaks([])).toEqual(emptyRoot())
})
