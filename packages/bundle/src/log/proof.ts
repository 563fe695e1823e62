import { emptyRoot, nodeHash } from './merkle.ts'

/**
 * Whether `path` proves that the leaf with `leaf` as its hash is the `index`-th (from 0) of the tree of `size` leaves
 * with this root (RFC 9162, 2.1.3.2). False for anything malformed.
 */
export const verifyInclusion = (
  { index, size, leaf }: { index: number; size: number; leaf: Buffer },
  path: readonly Buffer[],
  root: Buffer,
): boolean => {
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(size) || index < 0 || index >= size) return false
  let [place, last, found] = [index, size - 1, leaf]
  for (const sibling of path) {
    if (last === 0) return false
    if (place % 2 === 1 || place === last) {
      found = nodeHash(sibling, found)
      while (place % 2 === 0 && place !== 0) [place, last] = [half(place), half(last)]
    } else {
      found = nodeHash(found, sibling)
    }
    ;[place, last] = [half(place), half(last)]
  }
  return last === 0 && found.equals(root)
}

/** A tree: how many leaves it has, and its root. */
export type TreeHead = { size: number; root: Buffer }

/**
 * Whether `path` proves that the newer tree begins with all leaves of the older one, unchanged (RFC 9162, 2.1.4.2). The
 * tree without leaves is the beginning of every tree. False for anything malformed.
 */
export const verifyConsistency = (older: TreeHead, newer: TreeHead, path: readonly Buffer[]): boolean => {
  if (!Number.isSafeInteger(older.size) || !Number.isSafeInteger(newer.size)) return false
  if (older.size < 0 || older.size > newer.size) return false
  if (older.size === newer.size) return path.length === 0 && older.root.equals(newer.root)
  if (older.size === 0) return path.length === 0 && older.root.equals(emptyRoot())
  let [place, last] = [older.size - 1, newer.size - 1]
  while (place % 2 === 1) [place, last] = [half(place), half(last)]
  // A complete older tree is itself the first hash, which the proof leaves out.
  const hashes = place === 0 ? [older.root, ...path] : path
  const first = hashes[0]
  if (first === undefined) return false
  let [olderRoot, newerRoot] = [first, first]
  for (const sibling of hashes.slice(1)) {
    if (last === 0) return false
    if (place % 2 === 1 || place === last) {
      olderRoot = nodeHash(sibling, olderRoot)
      newerRoot = nodeHash(sibling, newerRoot)
      while (place % 2 === 0 && place !== 0) [place, last] = [half(place), half(last)]
    } else {
      newerRoot = nodeHash(newerRoot, sibling)
    }
    ;[place, last] = [half(place), half(last)]
  }
  return last === 0 && olderRoot.equals(older.root) && newerRoot.equals(newer.root)
}

const half = (value: number): number => Math.floor(value / 2)
