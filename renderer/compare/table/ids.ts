/** Ids of the elements of the table, which have no spaces. */

export const rowId = (key: string): string => `row-${encodeURIComponent(key)}`

export const cellId = (key: string, field: string): string => `${rowId(key)}-${encodeURIComponent(field)}`
