/** A field of Thrift's compact protocol: its number and its value. */
type Field = [id: number, value: Value]
type Value =
  | { i32: number }
  | { i64: number }
  | { text: string }
  | { list: readonly Value[] }
  | { struct: readonly Field[] }

const varint = (value: number): number[] => {
  const out: number[] = []
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...out, rest]
    out.push((rest % 128) + 128)
  }
}

const typeOf = (value: Value): number =>
  'i32' in value ? 5 : 'i64' in value ? 6 : 'text' in value ? 8 : 'list' in value ? 9 : 12

function bytesOf(value: Value): number[] {
  if ('i32' in value) return varint(value.i32 * 2)
  if ('i64' in value) return varint(value.i64 * 2)
  if ('text' in value) return [...varint(Buffer.byteLength(value.text)), ...Buffer.from(value.text)]
  if ('struct' in value) return structOf(value.struct)
  const { list } = value
  const type = typeOf(list[0]!)
  const head = list.length < 15 ? [list.length * 16 + type] : [0xf0 + type, ...varint(list.length)]
  return [...head, ...list.flatMap(bytesOf)]
}

const structOf = (fields: readonly Field[]): number[] => [
  ...fields.flatMap(([id, value], at) => [(id - (fields[at - 1]?.[0] ?? 0)) * 16 + typeOf(value), ...bytesOf(value)]),
  0,
]

const i32 = (value: number): Value => ({ i32: value })
const i64 = (value: number): Value => ({ i64: value })
const [DOUBLE, PLAIN, RLE, RLE_DICTIONARY] = [5, 0, 3, 8]
const [DATA_PAGE, DICTIONARY_PAGE] = [0, 2]

function pageOf(type: number, content: readonly number[], about: Field): number[] {
  const size = i32(content.length)
  return [...structOf([[1, i32(type)], [2, size], [3, size], about]), ...content]
}

const dataPage = (rows: number, encoding: number, content: readonly number[]): number[] =>
  pageOf(DATA_PAGE, content, [
    5,
    {
      struct: [
        [1, i32(rows)],
        [2, i32(encoding)],
        [3, i32(RLE)],
        [4, i32(RLE)],
      ],
    },
  ])

/** The pages of a column: one value in a dictionary, repeated by a single run; or a single run of nulls. */
const pages = {
  dictionary: (rows: number) => {
    const value = [...Buffer.from(new Float64Array([0.5]).buffer)]
    const dictionary = pageOf(DICTIONARY_PAGE, value, [
      7,
      {
        struct: [
          [1, i32(1)],
          [2, i32(PLAIN)],
        ],
      },
    ])
    return [dictionary, dataPage(rows, RLE_DICTIONARY, [1, ...varint(rows * 2), 0])] as const
  },
  nulls: (rows: number) => {
    const levels = [...varint(rows * 2), 0]
    return [[], dataPage(rows, PLAIN, [levels.length, 0, 0, 0, ...levels])] as const
  },
}

/**
 * A real Parquet file of a few kilobytes that stands for `rows` rows: each column is one run. `claims`: what its footer
 * says of the encoding, true or not.
 */
export function parquetBomb(
  columns: readonly string[],
  { rows, kind, claims }: { rows: number; kind: keyof typeof pages; claims: 'truth' | 'plain' },
): Buffer {
  const out = [...Buffer.from('PAR1')]
  const encodings = kind === 'dictionary' && claims === 'truth' ? [PLAIN, RLE, RLE_DICTIONARY] : [PLAIN, RLE]
  const chunks = columns.map((name): Value => {
    const [dictionary, data] = pages[kind](rows)
    const start = out.length
    out.push(...dictionary, ...data)
    const size = i64(out.length - start)
    const about: Field[] = [
      [1, i32(DOUBLE)],
      [2, { list: encodings.map(i32) }],
      [3, { list: [{ text: name }] }],
      [4, i32(0)],
      [5, i64(rows)],
      [6, size],
      [7, size],
      [9, i64(start + dictionary.length)],
      ...(kind === 'dictionary' && claims === 'truth' ? [[11, i64(start)] as Field] : []),
    ]
    return {
      struct: [
        [2, i64(start)],
        [3, { struct: about }],
      ],
    }
  })
  const repetition = i32(kind === 'nulls' ? 1 : 0)
  const schema: Value[] = [
    {
      struct: [
        [4, { text: 'root' }],
        [5, i32(columns.length)],
      ],
    },
    ...columns.map(
      (name): Value => ({
        struct: [
          [1, i32(DOUBLE)],
          [3, repetition],
          [4, { text: name }],
        ],
      }),
    ),
  ]
  const group: Value = {
    struct: [
      [1, { list: chunks }],
      [2, i64(out.length - 4)],
      [3, i64(rows)],
    ],
  }
  const footer = structOf([
    [1, i32(1)],
    [2, { list: schema }],
    [3, i64(rows)],
    [4, { list: [group] }],
  ])
  const length = Buffer.alloc(4)
  length.writeUInt32LE(footer.length)
  return Buffer.concat([Buffer.from(out), Buffer.from(footer), length, Buffer.from('PAR1')])
}
