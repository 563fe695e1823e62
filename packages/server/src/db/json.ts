/** JSON columns are text in every dialect: written and read here only. */
export const toJson = (value: unknown): string => JSON.stringify(value)
export const fromJson = <T>(text: string): T => JSON.parse(text) as T
