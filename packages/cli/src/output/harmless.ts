/**
 * What moves the cursor, hides, or turns text around. Kept are line ends, tabs, and the colours that commands use
 * themselves (`colours.ts`): bold, dim, and those that can be read.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for.
const HARMFUL =
  /\u001b\[(?:0|1|2|22|3[1-79]|9[0-7])m|[^\P{Cc}\n\t]|[\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029]/gu

/**
 * Text for a terminal, in which names, reasons and log lines of others stand: what could make the terminal show
 * something else than what was written is shown as its number instead.
 */
export const harmless = (text: string): string =>
  text.replaceAll(HARMFUL, (found) => (found.length > 1 ? found : `\\u{${found.codePointAt(0)!.toString(16)}}`))
