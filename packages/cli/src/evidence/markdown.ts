/** What moves the cursor, hides or turns text around. */
export const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu

/** Text of others as plain text in Markdown: no markup, no line of its own. */
export const plain = (value: string): string =>
  value.replaceAll(unprintable, ' ').replaceAll(/[\\`*_{}[\]()<>#|~!&]/g, (char) => `\\${char}`)

/** Text of others as code in a line. */
export const code = (value: string | number | null): string =>
  value === null ? 'none' : `\`${String(value).replaceAll('`', '').replaceAll(unprintable, ' ')}\``
