/** Brings the rows of a node that go left, those of a bin up to the last one named, to the front. Returns where the others begin. */
export function partRows(
  node: { readonly rows: Int32Array; readonly start: number; readonly end: number },
  bins: Uint8Array,
  lastLeftBin: number,
): number {
  const { rows } = node
  let middle = node.start
  for (let i = node.start; i < node.end; i++) {
    const row = rows[i]!
    if (bins[row]! > lastLeftBin) continue
    rows[i] = rows[middle]!
    rows[middle++] = row
  }
  return middle
}
